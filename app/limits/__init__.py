"""How often a client may ask, counted for all workers together; must not know what a route does."""
