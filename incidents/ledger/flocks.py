"""Locks the kernel gives back when their process dies: what tells a living controller from a dead one."""

from __future__ import annotations

import fcntl
import os
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from incidents.ledger.protocol import LedgerError


class Flocks:
    """One lock per name, as a file in `folder`. Callers try them only under the ledger's write lock."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    def take(self, name: str) -> bool:
        """Takes the lock if nobody alive has it."""
        fd = _locked(self._path(name))
        if fd is None:
            return False
        self._held[name] = fd
        return True

    def taken(self, name: str) -> bool:
        """Whether somebody alive has it, this process too."""
        if name in self._held:
            return True
        if not self._path(name).exists():
            return False
        fd = _locked(self._path(name))
        if fd is None:
            return True
        os.close(fd)
        return False

    def drop(self, name: str) -> None:
        """Gives it back; harmless when it is not ours."""
        fd = self._held.pop(name, None)
        if fd is not None:
            with suppress(OSError):
                self._path(name).unlink()
            os.close(fd)

    def close(self) -> None:
        """Gives all of them back."""
        for name in list(self._held):
            self.drop(name)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"


@contextmanager
def alone(path: Path, seconds: float = 60.0) -> Iterator[None]:
    """Holds one lock for a moment; waits for it, but not for ever. Raises LedgerError."""
    deadline = time.monotonic() + seconds
    while (fd := _locked(path)) is None:
        if time.monotonic() > deadline:
            raise LedgerError(
                f"Another process has been opening the ledger in {path.parent} for {seconds:.0f} s.",
                f"See which: fuser -v {shlex.quote(str(path))}",
            )
        time.sleep(0.01)
    try:
        yield
    finally:
        os.close(fd)


def _locked(path: Path) -> int | None:
    """A descriptor that holds the lock, or None. A file that its holder removed meanwhile is the lock no more."""
    while True:
        fd = _open(path)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return None
        with suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(fd).st_ino:
                return fd
        os.close(fd)


def _open(path: Path) -> int:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
