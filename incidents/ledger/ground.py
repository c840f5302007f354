"""Looks whether a folder and a file can hold a ledger, and says what is wrong with them; knows no database."""

from __future__ import annotations

import os
import shlex
import stat
from pathlib import Path

from incidents.ledger.protocol import LedgerError

_ELSEWHERE = "or keep the record elsewhere: export WATCHBOOK_HOME=~/watchbook"


def check_folder(folder: Path) -> None:
    """Makes the folder (0700) when it is missing. Raises LedgerError when no file can, or should, be made in it."""
    named = shlex.quote(str(folder))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise LedgerError(
            f"The ledger needs a folder at {folder}, and a file is there.", f"Move it away: mv {named} {named}.old"
        ) from None
    except OSError as error:
        raise LedgerError(
            f"The folder {folder} for the ledger cannot be made: {error.strerror}.",
            f"Look above it: ls -ld {shlex.quote(str(folder.parent))}, {_ELSEWHERE}",
        ) from error
    _check_owner(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        why = "it is on a read-only file system" if _read_only(folder) else "its mode forbids it"
        raise LedgerError(f"Nothing can be written in {folder}: {why}.", f"Look at it: ls -ld {named}, {_ELSEWHERE}")
    if folder.stat().st_mode & stat.S_IWOTH:
        raise LedgerError(
            f"Everybody may write in {folder}, so nothing kept there can be believed.",
            f"Give the ledger a folder of its own: export WATCHBOOK_HOME={named}/watchbook",
        )


def check_file(file: Path) -> None:
    """Makes the file (0600) when it is missing. Raises LedgerError when it can be no ledger.

    Never opens a file that is there: closing it again would drop the locks that SQLite has on it in this process.
    """
    named = shlex.quote(str(file))
    if file.is_dir():
        raise LedgerError(
            f"The ledger should be a file at {file}, and a folder is there.", f"Move it away: mv {named} {named}.old"
        )
    try:
        if not file.exists():
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise LedgerError(
            f"The ledger {file} cannot be made: {error.strerror}.", f"Look there: ls -la {named}, {_ELSEWHERE}"
        ) from error
    _check_owner(file)
    if not file.is_file() or not os.access(file, os.R_OK | os.W_OK):
        raise LedgerError(f"The ledger {file} cannot be written, or is no plain file.", f"Look at it: ls -la {named}")
    file.chmod(0o600)


def _check_owner(path: Path) -> None:
    owner = path.stat().st_uid
    if owner != os.geteuid():
        raise LedgerError(
            f"{path} belongs to user {owner}, and this is user {os.geteuid()}: both would lock each other out.",
            f"Type the command as its owner: sudo -u '#{owner}' ./inv …, {_ELSEWHERE}",
        )


def _read_only(folder: Path) -> bool:
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
