"""This machine as a place; knows how to start processes, ask HTTP and move files here, and nothing of runs."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from invoke.config import Config
from invoke.context import Context

from engine.inventory.host import Host
from engine.reach.files import Limits, copy
from engine.reach.local.http import ask
from engine.reach.local.runner import LocalRunner
from engine.reach.place import Completed, HostFacts, Place, Request, Response, Transfer
from engine.reach.runner import Job, Ran
from engine.reach.shell_place import ShellPlace


class LocalPlace(ShellPlace):
    """Commands run in the home directory, as they would over SSH."""

    def __init__(self, host: Host, context: Context) -> None:
        super().__init__(host)
        self._context = context

    def launch(self, job: Job) -> Completed:
        """Through Invoke, by our runner."""
        ran = self._context.run("sh -s", job=job)
        assert isinstance(ran, Ran)
        return ran.completed

    def facts(self) -> HostFacts:
        """The host's clock is ours."""
        return replace(super().facts(), clock_offset=0.0)

    def http(self, request: Request) -> Response:
        """Asks from this process."""
        return ask(request)

    def put(self, source: Path, target: str, *, mode: int, limit: int, timeout: float) -> Transfer:
        """Copies to `target`; a relative path starts at the home directory."""
        return copy(source, Path.home() / target, mode, Limits.of(limit, timeout))

    def get(self, source: str, target: Path, *, limit: int, timeout: float) -> Transfer:
        """Copies from `source`; a relative path starts at the home directory."""
        return copy(Path.home() / source, target, 0o600, Limits.of(limit, timeout))

    def close(self) -> None:
        """There is no connection."""


class LocalReach:
    """Reaches this machine; one place per host name, safe to share between threads."""

    def __init__(self) -> None:
        self._context = Context(Config(overrides={"runners": {"local": LocalRunner}}))
        self._places: dict[str, LocalPlace] = {}
        self._lock = threading.Lock()

    def place(self, host: Host) -> Place:
        """The kept place of `host`."""
        with self._lock:
            return self._places.setdefault(host.name, LocalPlace(host, self._context))

    def close(self) -> None:
        """Nothing is kept open."""
