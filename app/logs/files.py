"""A file that many processes append whole lines to, and that may be moved away at any time; must not know levels."""

from __future__ import annotations

import os
import threading
from collections import deque
from pathlib import Path

MODE = 0o640
MAX_WAITING = 1000


class LogFile:
    """Appends lines with one `write` each, so that processes never interleave.

    Before each write the name is compared with the open file: after `mv` the next line opens a new
    file, and USR1 does so at once. While the file cannot be written (full disk, lost folder) up to
    MAX_WAITING lines wait in memory and go first when it can be written again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lost = 0
        self._descriptor = -1
        self._identity = (-1, -1)
        self._waiting: deque[bytes] = deque()
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """Lines held in memory because the file could not be written."""
        return len(self._waiting)

    def append(self, line: bytes) -> bool:
        """Write one line, newline included. False when it had to wait in memory instead."""
        with self._lock:
            try:
                self._follow_name()
                while self._waiting:
                    self._write(self._waiting[0])
                    self._waiting.popleft()
                self._write(line)
            except OSError:
                if len(self._waiting) >= MAX_WAITING:
                    self._waiting.popleft()
                    self.lost += 1
                self._waiting.append(line)
                return False
            return True

    def append_durably(self, lines: bytes) -> None:
        """Write lines and wait until they are on disk. OSError when they are not; then nothing waits."""
        with self._lock:
            self._follow_name()
            self._write(lines)
            os.fsync(self._descriptor)

    def reopen(self) -> None:
        """Open the name anew, whatever it stands for now."""
        with self._lock:
            self._close()

    def _follow_name(self) -> None:
        try:
            now = self.path.stat()
        except FileNotFoundError:
            self._close()
        else:
            if (now.st_dev, now.st_ino) != self._identity:
                self._close()
        if self._descriptor < 0:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, MODE)
            opened = os.fstat(self._descriptor)
            self._identity = (opened.st_dev, opened.st_ino)

    def _write(self, line: bytes) -> None:
        written = os.write(self._descriptor, line)
        while written < len(line):  # only a nearly full disk cuts a write short
            written += os.write(self._descriptor, line[written:])

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor, self._identity = -1, (-1, -1)
