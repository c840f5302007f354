"""Bytes of a host or a file on stdout: as they are for a pipe, harmless for a terminal."""

from __future__ import annotations

import sys

from console.terminal.view.paint import harmless


def print_raw(data: bytes) -> None:
    """All of it, nothing added."""
    if sys.stdout.isatty():
        for line in data.decode("utf-8", "replace").splitlines():
            print(harmless(line))
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
