"""Write-ahead logging is turned on by whoever comes first, and the others wait instead of failing."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from app.store.wal import use_wal


def test_it_waits_for_another_that_holds_the_file(tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "db", isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(0.3, lambda: holder.execute("COMMIT"))
    timer.start()
    connection = sqlite3.connect(tmp_path / "db", timeout=0, isolation_level=None)
    use_wal(connection)
    timer.join()
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
