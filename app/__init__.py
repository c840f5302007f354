"""The language-learning backend: a Flask service that must not know who operates it, or how."""
