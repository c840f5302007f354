"""One JSON object per line, redacted before it is written; must not know routes, users or the database."""
