"""Which file a line goes to, by its level, so that each can be kept as long as its level asks; must not build lines."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from app.logs.files import LogFile
from app.logs.levels import ORDER

# Retention differs by level (app/deploy/logrotate.conf): 90 days for what security work needs, 30 for
# the main file, 7 for DEBUG, 1 for TRACE. A line that needs both of the first two is in both.
MAIN, SECURITY, DEBUG, TRACE = "backend.log", "security.log", "debug.log", "trace.log"


class Output:
    """The log files of one folder, and stdout for whoever supervises the process."""

    def __init__(self, folder: Path, *, stdout: bool = True) -> None:
        self.folder = folder
        self.files = {name: LogFile(folder / name) for name in (MAIN, SECURITY, DEBUG, TRACE)}
        self._stdout = stdout

    def msg(self, level: str, line: str) -> None:
        """Write one rendered line to the files of its level."""
        data = line.encode() + b"\n"
        for name in files_of(level):
            self.files[name].append(data)
        if self._stdout:
            self._to_stdout(data)

    def keep(self, lines: list[tuple[str, str]]) -> None:
        """Write (level, line) pairs durably before returning. OSError when that failed."""
        grouped: dict[str, bytearray] = {}
        for level, line in lines:
            for name in files_of(level):
                grouped.setdefault(name, bytearray()).extend(line.encode() + b"\n")
        for name, data in grouped.items():
            self.files[name].append_durably(bytes(data))

    def reopen(self) -> None:
        """Open every file anew, after a rotation."""
        for file in self.files.values():
            file.reopen()

    @property
    def waiting(self) -> int:
        """Lines that wait for a file to become writable."""
        return sum(file.waiting for file in self.files.values())

    def _to_stdout(self, data: bytes) -> None:
        try:
            os.write(sys.stdout.fileno(), data)
        except (OSError, ValueError):
            self._stdout = False  # nobody reads it any more; the files go on


def files_of(level: str) -> tuple[str, ...]:
    """The names of the files a line of `level` is kept in."""
    rank = ORDER[level]
    if rank >= ORDER["WARN"]:
        return MAIN, SECURITY
    if rank >= ORDER["INFO"]:
        return (MAIN,)
    return (DEBUG,) if level == "DEBUG" else (TRACE,)
