"""The front door as a person meets it: in a process of its own, with a home and runbooks of its own."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0

ASKS = """
version: 1
id: asks
title: Asks a person
kind: check
owner: nobody
params:
  word: {type: string, default: hello}
steps:
  - {id: say, title: Say it, effect: read, run: 'printf "%s" "$word"'}
  - id: think
    title: Think
    guide: "What of {{ word }}?"
    input: {finding: {type: text}, sure: {type: bool}}
  - {id: after, effect: read, run: 'printf "%s/%s" "$finding" "$sure"'}
"""

SLOW = """
version: 1
id: slow
title: Takes long
kind: check
owner: nobody
steps:
  - {id: wait, title: Wait, run: 'echo begun; sleep 60; echo over'}
  - {id: then, run: echo then}
finally:
  - {id: last, run: echo last}
"""


@dataclass
class Door:
    """Runs `inv` with this home and these runbooks, by the interpreter of the tests."""

    folder: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        """Small and known: nothing of the person who runs the tests leaks in."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONUTF8": "1",
            "WATCHBOOK_HOME": str(self.home),
            "WATCHBOOK_RUNBOOKS": str(self.folder / "books"),
            **self.extra,
        }

    def book(self, text: str, name: str = "") -> Path:
        """Writes a runbook."""
        stem = name or next(line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("id:"))
        path = self.folder / "books" / f"{stem}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def command(self, *words: str) -> list[str]:
        return [sys.executable, str(ROOT / "tasks.py"), *words]

    def __call__(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs it to its end, with nobody at a terminal."""
        return subprocess.run(
            self.command(*words),
            cwd=self.folder,
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Starts it; stdout and stderr are one pipe."""
        return subprocess.Popen(
            self.command(*words),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def lines(text: str) -> list[dict[str, object]]:
    """JSON lines, each of which must be an object with a schema."""
    read = [json.loads(line) for line in text.splitlines()]
    assert all(isinstance(line, dict) and str(line["schema"]).startswith("watchbook/") for line in read), text
    return read


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    """What it says until it has said this."""
    assert process.stdout is not None
    said = ""
    until = time.monotonic() + PATIENCE
    while wanted not in said:
        ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
        piece = os.read(process.stdout.fileno(), 65536).decode() if ready else ""
        assert piece, f"it ended without {wanted!r}:\n{said}"
        said += piece
    return said


@dataclass
class Terminal:
    """A process on a terminal of its own."""

    pid: int
    master: int
    said: str = ""

    def until(self, wanted: str) -> str:
        """What it has shown since the last time, until it has shown this."""
        until = time.monotonic() + PATIENCE
        while wanted not in self.said:
            ready, _, _ = select.select([self.master], [], [], max(0.0, until - time.monotonic()))
            piece = self._read() if ready else b""
            assert piece, f"it ended without {wanted!r}:\n{self.said}"
            self.said += piece.decode("utf-8", "replace")
        shown, _, self.said = self.said.partition(wanted)
        return shown + wanted

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def end(self) -> tuple[int, str]:
        """The exit code, and all it still showed."""
        while piece := self._read():
            self.said += piece.decode("utf-8", "replace")
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status), self.said

    def hang_up(self) -> None:
        """Closes the terminal, as a lost connection does."""
        os.close(self.master)
        self.master = -1

    def _read(self) -> bytes:
        try:
            return os.read(self.master, 65536)
        except OSError:  # Linux says EIO when the other side is gone
            return b""


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door(tmp_path)


@pytest.fixture
def terminal(door: Door) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_one(*words: str, columns: int = 80) -> Terminal:
        pid, master = pty.fork()
        if pid == 0:
            os.chdir(door.folder)
            environment = {"TERM": "xterm", "COLUMNS": str(columns), **door.environment}
            os.execve(sys.executable, door.command(*words), environment)
        opened.append(Terminal(pid, master))
        return opened[-1]

    yield open_one
    for one in opened:
        if one.master >= 0:
            os.close(one.master)
        if one.pid:
            os.kill(one.pid, signal.SIGKILL)
            os.waitpid(one.pid, 0)
