"""A Markdown guide to draft runbooks that load: what is certain is kept, what is guessed is said; it runs nothing."""
