"""The ledger in one SQLite file: how it is opened and made durable, what its errors mean; knows no stream."""

from __future__ import annotations

import os
import shlex
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from incidents.ledger.ballast import BALLAST_BYTES, Ballast, free_bytes
from incidents.ledger.flocks import Flocks, alone
from incidents.ledger.ground import check_file, check_folder
from incidents.ledger.protocol import LedgerError, LedgerFull
from incidents.ledger.relational import RelationalLedger
from incidents.ledger.schema import make_ready

_BUSY_SECONDS = 10
_FILE = "file"
_NO_ROOM = 64 * 1024
"""With less than this free (bytes), an I/O error of SQLite means a full disk: it cannot grow its shared memory."""


def open_sqlite(path: Path, ballast_bytes: int = BALLAST_BYTES) -> RelationalLedger:
    """Opens the ledger at `path`, making it (0600) and its folder (0700) when they are missing. Raises LedgerError."""
    check_folder(path.parent)
    engine = _engine(path)
    explain = _explainer(path)
    ballast = Ballast(path.with_suffix(".ballast"), ballast_bytes)

    def ready() -> None:
        try:
            make_ready(engine, lambda schema: _backup(engine, path, schema))
        except SQLAlchemyError as error:
            raise explain(error) from error

    try:
        # Alone: two processes that switch a fresh file to WAL at once do not wait for each other.
        with alone(path.with_suffix(".opening")):
            check_file(path)
            ballast.spend_on(ready)
    except BaseException:
        engine.dispose()
        raise
    return RelationalLedger(engine, explain, Flocks(path.with_name("leases")), ballast, lambda: _scour(engine))


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": _BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        record.info[_FILE] = _identity(path)
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not connection.get_execution_options().get("writes"):
            connection.exec_driver_sql("BEGIN")
            return
        if connection.info[_FILE] != _identity(path):
            raise LedgerError(
                f"The ledger {path} was moved, removed or replaced while it was open: what is written would be lost.",
                f"Bring it back, then go on: ls -la {shlex.quote(str(path.parent))}",
            )
        # DEFERRED would take the write lock at the first write, and conflict there instead of waiting here.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file a path names now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _scour(engine: Engine) -> None:
    """Erased bytes may still stand in the write-ahead log: it is worked off, and emptied unless somebody reads it."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _backup(engine: Engine, path: Path, schema: str) -> Path:
    """A whole copy of what is committed, beside the ledger."""
    copy = path.with_name(f"ledger-{schema}-{datetime.now(UTC):%Y%m%dT%H%M%S}.backup")
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with engine.connect() as connection, sqlite3.connect(copy) as target:
        cast(sqlite3.Connection, connection.connection.dbapi_connection).backup(target)
    return copy


def _explainer(path: Path) -> Callable[[SQLAlchemyError], LedgerError]:
    file, folder = shlex.quote(str(path)), shlex.quote(str(path.parent))

    def explain(error: SQLAlchemyError) -> LedgerError:
        cause = error.orig if isinstance(error, DBAPIError) else error
        match getattr(cause, "sqlite_errorcode", 0) & 0xFF:
            case sqlite3.SQLITE_FULL:
                return _full(path)
            case sqlite3.SQLITE_IOERR if free_bytes(path.parent) < _NO_ROOM:
                return _full(path)
            case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
                return LedgerError(
                    f"Another process has been writing to the ledger {path} for {_BUSY_SECONDS} s.",
                    f"See who holds it: fuser -v {file}",
                )
            case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
                return LedgerError(
                    f"The ledger {path} is damaged, or no SQLite file: {cause}.",
                    f"Keep it for a rescue, and start a new one: mv {file} {file}.damaged",
                )
            case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
                return LedgerError(f"The ledger {path} is not writable: {cause}.", f"Look there: ls -la {folder}")
            case _:
                return LedgerError(f"The ledger {path} failed: {cause}.", f"Look at the disk: df -h {folder}")

    return explain


def _full(path: Path) -> LedgerFull:
    return LedgerFull(
        f"The disk is full, and nothing more can be recorded in {path}.",
        f"Make room: df -h {shlex.quote(str(path.parent))}",
    )
