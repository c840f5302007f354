"""What every request and response goes through, whatever the route; must not know what a route does."""
