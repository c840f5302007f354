"""The language, one file a word: what it says in YAML and what it does at a place."""
