"""The performer does one move at a place and tells the outbox; it decides nothing and prints nothing."""
