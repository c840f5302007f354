"""The language, version 1: from YAML to a book, strictly, with every fault at its place."""
