"""Incidents remember: events, folds, the ledger, evidence and reports; never runbooks, hosts, Invoke or Flask."""
