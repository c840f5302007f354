"""Whether the service is up, alive, ready and healthy; must not need a token, a limit or a working store."""
