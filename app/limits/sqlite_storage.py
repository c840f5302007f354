"""Counters in one SQLite file, shared by the processes of one machine; must not know limits or keys."""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

from limits.storage import Storage

from app.store.wal import use_wal

_PRUNE_EVERY = 1000  # increments; expired rows are swept then

_SCHEMA = "CREATE TABLE IF NOT EXISTS counters (key TEXT PRIMARY KEY, count INTEGER NOT NULL, expires REAL NOT NULL)"
_INCREMENT = """
INSERT INTO counters (key, count, expires) VALUES (:key, :amount, :now + :expiry)
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN expires <= :now THEN excluded.count ELSE count + excluded.count END,
  expires = CASE WHEN expires <= :now THEN excluded.expires ELSE expires END
RETURNING count, expires
"""


class SQLiteStorage(Storage):
    """Fixed-window storage for `limits`, by the URI `sqlite:///relative/or//absolute/path`.

    One statement per increment, so workers never count the same hit twice or lose one.
    """

    STORAGE_SCHEME = ["sqlite"]  # noqa: RUF012 - the base class declares it so

    def __init__(self, uri: str, wrap_exceptions: bool = False, **_: float | str | bool) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self.path = Path(uri.removeprefix("sqlite:///"))
        self._local = threading.local()
        # Threads of one process queue here: SQLite would let them sleep and try again, a millisecond at a time.
        self._turn = threading.Lock()
        self._increments = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a lost, full or locked file raises."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add `amount` to the counter; a window that is over begins anew, `expiry` seconds long."""
        self._increments += 1
        now = time.time()
        connection = self._connection()
        if self._increments % _PRUNE_EVERY == 0:
            connection.execute("DELETE FROM counters WHERE expires <= ?", (now,))
        values = {"key": key, "amount": amount, "now": now, "expiry": expiry}
        with self._turn:
            count, expires = connection.execute(_INCREMENT, values).fetchone()
        self._local.counted = (key, int(count), float(expires))
        return int(count)

    def get(self, key: str) -> int:
        """The count of the present window; 0 when there is none."""
        return self._row(key)[0]

    def get_expiry(self, key: str) -> float:
        """When the present window ends, in seconds since the epoch; now when there is none."""
        return self._row(key)[1]

    def check(self) -> bool:
        """Whether the file can be written."""
        try:
            self._connection().execute("BEGIN IMMEDIATE").execute("ROLLBACK")
        except sqlite3.Error:
            return False
        return True

    def reset(self) -> int | None:
        """Forget every counter; how many there were."""
        self._local.counted = None
        return self._connection().execute("DELETE FROM counters").rowcount

    def clear(self, key: str) -> None:
        """Forget one counter."""
        self._local.counted = None
        self._connection().execute("DELETE FROM counters WHERE key = ?", (key,))

    def entries(self) -> list[tuple[str, int, float]]:
        """(key, count, end of window) of every live counter."""
        query = "SELECT key, count, expires FROM counters WHERE expires > ?"
        return self._connection().execute(query, (time.time(),)).fetchall()

    def _row(self, key: str) -> tuple[int, float]:
        """What this thread's last increment of `key` found, since its response tells of it; else a look."""
        counted: tuple[str, int, float] | None = getattr(self._local, "counted", None)
        now = time.time()
        if counted and counted[0] == key and counted[2] > now:
            return counted[1:]
        query = "SELECT count, expires FROM counters WHERE key = ? AND expires > ?"
        found = self._connection().execute(query, (key, now)).fetchone()
        return (int(found[0]), float(found[1])) if found else (0, now)

    def _connection(self) -> sqlite3.Connection:
        """One connection per thread. A file that was taken away is an error, not a fresh start."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            connection = sqlite3.connect(self.path, timeout=2, isolation_level=None)
            use_wal(connection)
            connection.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last counts, never the file
            connection.execute(_SCHEMA)
            self._local.connection = connection
        return connection
