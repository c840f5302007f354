"""The ledger: append-only streams behind one protocol, kept in SQLite or in memory."""
