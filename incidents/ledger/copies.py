"""Whole copies of the SQLite ledger: made while it is written to, and put in its place; looks into no stream."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from incidents.ledger.flocks import alone
from incidents.ledger.protocol import LedgerError

NAME = "ledger.db"
_BESIDE = ("", "-wal", "-shm")


def backup(home: Path, target: Path | None = None) -> Path:
    """Copies what is committed, whole or not at all (0600), and reads the copy through. Answers where it is."""
    source = home / NAME
    if not source.exists():
        raise LedgerError(f"There is no ledger at {source}.", "See where it is: echo $WATCHBOOK_HOME")
    path = target or home / "backups" / f"ledger-{_stamp()}.db"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        raise LedgerError(f"{path} is there already.", "Name another file with --out")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        with closing(_opened(source)) as db, closing(sqlite3.connect(beside)) as copy:
            db.backup(copy)
        check_copy(beside)
        beside.replace(path)
    except (sqlite3.Error, OSError) as wrong:
        where = shlex.quote(str(path.parent))
        raise LedgerError(f"No backup was made: {wrong}.", f"Look at the disk: df -h {where}") from wrong
    finally:
        for suffix in _BESIDE:
            beside.with_name(beside.name + suffix).unlink(missing_ok=True)
    return path


def check_copy(path: Path) -> None:
    """Reads every page, index and reference of a ledger's file. Raises LedgerError."""
    try:
        with closing(_opened(path)) as db:
            found = [row[0] for row in db.execute("PRAGMA integrity_check(5)")]
            loose = db.execute("PRAGMA foreign_key_check").fetchall()
            db.execute("SELECT position FROM ledger").fetchone()
    except sqlite3.Error as wrong:
        raise LedgerError(f"{path} is no ledger that can be read: {wrong}.", "Take another backup.") from wrong
    if found != ["ok"] or loose:
        raise LedgerError(f"{path} is damaged: {'; '.join(found)}.", "Take another backup.")


def lay_down(source: Path, home: Path) -> None:
    """Puts a copy of a ledger's file where a home without one has its ledger."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = home / NAME
    beside = home / f".{NAME}.{os.getpid()}"
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        shutil.copyfile(source, beside)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(target)
    except OSError as wrong:
        raise LedgerError(
            f"{source} cannot be put at {target}: {wrong.strerror}.", "Look at the disk: df -h"
        ) from wrong
    finally:
        beside.unlink(missing_ok=True)


def replace(source: Path, home: Path) -> Path | None:
    """Puts a copy in the place of the ledger, which is moved aside and kept. Answers where it is now.

    Nobody may have it open: a process that does is told at its next entry that its ledger was moved.
    """
    aside = home / f"ledger-{_stamp()}.replaced"
    with alone(home / "ledger.opening"):
        moved = (home / NAME).exists()
        for suffix in _BESIDE:
            with suppress(FileNotFoundError):
                (home / f"{NAME}{suffix}").rename(f"{aside}{suffix}")
        lay_down(source, home)
    return aside if moved else None


def _opened(path: Path) -> sqlite3.Connection:
    """A file that is there: sqlite3 would make one otherwise."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)


def _stamp() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
