"""What operators may ask and change while the service runs; must not print a secret, ever."""
