"""Takes in signed batches of client log lines; must not trust a word of them."""
