"""The engine executes runbooks on hosts and tells the ledger first; it knows no Flask, no argv, no prompts."""
