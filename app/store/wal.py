"""Turns a SQLite file to write-ahead logging, patiently; must not know what is kept in it."""

from __future__ import annotations

import sqlite3
import time

PATIENCE = 10.0
"""Seconds to wait for the other workers of a first start."""


def use_wal(connection: sqlite3.Connection) -> None:
    """Sets `journal_mode=WAL`. SQLite answers "locked" at once, whatever its timeout, while another worker does it."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
