"""A reserve of disk beside the ledger, given up when the disk is full so that even that is recorded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from incidents.ledger.protocol import LedgerFull

BALLAST_BYTES = 4 * 1024 * 1024
_ROOM = 4
"""The reserve is taken again only when the disk has this many times its size."""

T = TypeVar("T")


class Ballast:
    """One file of `size` bytes of real disk blocks. `owed` are bytes freed and not yet written down as a fact."""

    def __init__(self, path: Path, size: int = BALLAST_BYTES) -> None:
        self._path = path
        self._size = size
        self._there = path.exists()
        self.owed = 0

    def spend_on(self, work: Callable[[], T]) -> T:
        """Does the work; when the disk is full, once more with the reserve given up. Raises LedgerFull after that."""
        try:
            return work()
        except LedgerFull:
            if not self._free():
                raise
        return work()

    def settle(self) -> None:
        """What was owed is written down. Takes the reserve again when there is plenty of room."""
        self.owed = 0
        if self._there or not self._size or free_bytes(self._path.parent) < _ROOM * self._size:
            return
        with suppress(OSError):  # without a reserve the ledger works on
            fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(fd, "wb") as file:
                file.write(bytes(self._size))
            self._there = True

    def _free(self) -> bool:
        self._there = False
        try:
            size = self._path.stat().st_size
            self._path.unlink()
        except OSError:
            return False
        self.owed += size
        return True


def free_bytes(folder: Path) -> int:
    """Bytes of disk this user can still fill; 0 when the disk does not say."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
