"""How the service is run: server, units, proxy, log rotation; the application must not import from here."""
