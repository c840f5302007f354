"""A plan: one book, its hosts and params, laid out as stages; made before anything acts, rebuilt from the record."""
