"""The ledger: append-only streams behind one protocol, kept in SQLite or in memory."""

from __future__ import annotations

from pathlib import Path

from incidents.ledger.protocol import Ledger


def open_ledger(home: Path) -> Ledger:
    """Opens the ledger of a home folder, making both when they are missing. Raises LedgerError."""
    # Imported here, since the database library takes a third of a second.
    from incidents.ledger.sqlite import open_sqlite

    return open_sqlite(home / "ledger.db")
