"""What the service is told from outside: variables, secrets, and the faults in them; knows nothing of Flask."""
