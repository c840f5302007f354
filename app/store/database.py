"""Connections and transactions, the same over SQLite and PostgreSQL; must not hold a query of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, TimeoutError

from app.store.wal import use_wal

UNAVAILABLE = (DBAPIError, TimeoutError)
"""What a lost, full or locked database raises."""

_SCHEMA_LOCK = 7_305_120  # any number, the same in every worker


class Database:
    """An engine that hands out read connections and write transactions.

    A write on SQLite begins IMMEDIATE: two workers wait for each other (5 s at most) instead of failing.
    """

    def __init__(self, url: str, *, connections: int) -> None:
        parsed = make_url(url)
        self._sqlite = parsed.get_backend_name() == "sqlite"
        if self._sqlite:
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            engine = create_engine(
                parsed, pool_size=connections, connect_args={"timeout": 5}, pool_reset_on_return=None
            )
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        else:
            engine = create_engine(
                parsed, pool_size=connections, pool_timeout=5, pool_pre_ping=True, connect_args={"connect_timeout": 3}
            )
        self._reads: Engine = engine.execution_options(isolation_level="AUTOCOMMIT") if not self._sqlite else engine
        self._writes: Engine = engine.execution_options(immediate=True)

    def create(self, metadata: MetaData) -> None:
        """Make the tables that are missing. Workers that start together take turns."""
        with self.write() as connection:
            if not self._sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SCHEMA_LOCK})
            metadata.create_all(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection outside any transaction."""
        with self._reads.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction, committed at the end of the block and rolled back on an exception."""
        with self._writes.begin() as connection:
            yield connection

    def answers(self) -> bool:
        """Whether a query that must look at the data succeeds."""
        catalogue = "sqlite_master" if self._sqlite else "pg_catalog.pg_class"
        try:
            with self.read() as connection:
                connection.execute(text(f"SELECT 1 FROM {catalogue} LIMIT 1"))  # noqa: S608 - one of two constants
        except UNAVAILABLE:
            return False
        return True


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would be DEFERRED
    use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("immediate"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
