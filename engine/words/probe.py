"""A probe: one bounded read that is true or false, named under `checks` and used by when, verify and check."""
