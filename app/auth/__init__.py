"""Who is asking: accounts, passwords, tokens and sessions; must not know any other route than its own."""
