"""One way to call another service: with a time limit, retries and a circuit breaker; must not know who asks."""
