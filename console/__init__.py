"""Where a responder sits: the terminal and the web, which never import each other; it knows no SSH, SQL or queue."""
