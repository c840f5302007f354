"""A backend of the demo's own: started, looked at, killed and stopped; it knows no runbook."""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from console.settings import ROOT
from console.terminal.exits import Exits
from console.terminal.problem import Problem
from console.terminal.tasks.serve import make_env_file, serving

PATIENCE = 30.0
"""Seconds it may take to start or to end."""
# Below the ports that the kernel hands out to connections, one of which could take ours while the backend is down.
PORTS = range(20000, 32000)


@dataclass(slots=True)
class Backend:
    """Its files lie in `folder`; its processes are those that carry its env file in their environment."""

    folder: Path
    python: Path
    port: int = 0
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pidfile(self) -> Path:
        """Where the master writes its pid."""
        return self.folder / "backend.pid"

    @property
    def log(self) -> Path:
        """What it said, from the first start on."""
        return self.folder / "service.log"

    @property
    def command(self) -> str:
        """The shell command that serves, for us and for hosts.yaml alike."""
        argv = " ".join(shlex.quote(word) for word in serving(self.python))
        return f"cd {shlex.quote(str(ROOT))} && APP_ENV_FILE={shlex.quote(str(self._env_file))} exec {argv}"

    @property
    def url(self) -> str:
        """What is asked whether it is healthy."""
        return f"http://127.0.0.1:{self.port}/api/"

    @property
    def _env_file(self) -> Path:
        return self.folder / "env"

    def start(self) -> None:
        """Starts it on a free port and waits until it answers. Raises Problem."""
        self.port = _free_port()
        make_env_file(self.python, self._env_file, self.folder, self.port)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                ["sh", "-c", self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if not _within(PATIENCE, lambda: self.answers() or self._ended()) or self._ended():
            raise Problem(
                "The backend did not start.", where=self.url, then=f"what it said: {self.log}", exits=Exits.FAILED
            )

    def answers(self) -> bool:
        """Whether it says 200 now."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/api/")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def pids(self) -> list[int]:
        """Its living processes, the master first."""
        mark = f"APP_ENV_FILE={self._env_file}".encode()
        numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal())
        return sorted(pid for pid in numbers if _carries(pid, mark))

    def kill(self) -> list[int]:
        """SIGKILL to the master and its workers, as a crash would have it; answers whom it hit."""
        hit: list[int] = []
        while living := self.pids():
            hit += [pid for pid in living if _signal(pid, signal.SIGKILL) and pid not in hit]
            self._reap()
        return hit

    def stop(self) -> None:
        """Ends it properly, and by force what has not ended in time."""
        for pid in self.pids()[:1]:
            _signal(pid, signal.SIGTERM)
        _within(PATIENCE, lambda: not self.pids())
        self.kill()
        self._reap()

    def _ended(self) -> bool:
        return self._child is not None and self._child.poll() is not None

    def _reap(self) -> None:
        if self._child is not None and not self.pids():
            self._child.wait()


def _free_port() -> int:
    for port in random.sample(PORTS, 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise Problem("200 ports were tried, and none is free.", where="127.0.0.1", exits=Exits.FAILED)


def _carries(pid: int, mark: bytes) -> bool:
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _signal(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _within(seconds: float, holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True
