"""`service`: starts, stops, restarts or reads a service through whatever keeps it on its host."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from engine.primitives.scope import Scope
from engine.primitives.types import Duration, Template
from engine.reach.place import Command
from engine.words.drivers.command import ALREADY, Verb, Window, driver_command
from engine.words.ending import deed_of, last_line, reading_of, silent
from engine.words.word import Deed, Effect, Model, Reading, Scene, Word, exactly_one

What = Literal["state", "logs", "pid", "started_at"]


class NamedService(Model):
    """A service by its name on a host."""

    name: Template
    """The service: a systemd unit, a supervisor program or a name under `services` in hosts.yaml."""

    def command(self, verb: Verb, scene: Scene, window: Window | None = None) -> Command:
        """The command that does it. Raises ValueError for what is no service's name."""
        name = self.name.render(scene.scope)
        return driver_command(
            verb, name, scene.place.host, timeout=scene.timeout, become=scene.become, window=window or Window()
        )


class LogPart(Model):
    """Which part of a log is meant."""

    since: Duration | None = None
    """For logs: only what was written so long ago or later, where lines carry their time."""
    lines: int | None = Field(default=None, ge=1, le=100_000)
    """For logs: at most so many of the last lines (200, unless `since` is given)."""

    def window(self, size: int = 1 << 20) -> Window:
        """The part, `size` bytes at most."""
        return Window(self.lines or (200 if self.since is None else 100_000), self.since, size)


class ServiceReading(NamedService, LogPart):
    """Read something of a service: its state, its log, its pid or when it started.

    service: {name: "{{ unit }}", get: logs, since: 30m}
    """

    get: What
    """state (running or stopped), logs, pid, or started_at (another one after every start)."""

    @model_validator(mode="after")
    def _fits(self) -> ServiceReading:
        _logs_only(self, self.get)
        return self

    def read(self, scene: Scene) -> Reading:
        """The value; a service that is down has the state, pid and start `stopped`."""
        try:
            return reading_of(scene.place.run(self.command(self.get, scene, self.window()), silent))
        except ValueError as problem:
            return Reading(None, str(problem))


class Service(NamedService, LogPart, Word):
    """Start, stop, restart or reload a service, or read it. systemd, supervisor and pidfile services are found.

    Starting what runs, or stopping what is stopped, is done already. It becomes root only where the driver needs it.

        service: {name: "{{ unit }}", do: restart}
        service: {name: nginx, get: state}
    """

    word: ClassVar[str] = "service"

    do: Literal["start", "stop", "restart", "reload"] | None = None
    """What to do with it."""
    get: What | None = None
    """What to read of it: state, logs, pid or started_at."""

    @model_validator(mode="after")
    def _do_or_get(self) -> Service:
        exactly_one(self, "do", "get")
        _logs_only(self, self.get)
        return self

    @property
    def effect(self) -> Effect:
        """A read when it only reads."""
        return "read" if self.get else "change"

    def show(self, scope: Scope) -> str:
        """What is done with which service."""
        return f"{self.do or f'read the {self.get} of'} {self.name.render(scope)}"

    def perform(self, scene: Scene) -> Deed:
        """Finds the driver on the host and acts, in one round trip.

        The driver says one line on stdout when it is done, and the reason on stderr when it is not.
        """
        try:
            completed = scene.place.run(self.command(self._verb, scene, self.window()), scene.sink)
        except ValueError as problem:
            return Deed("failed", str(problem))
        if completed.ended != "exited" or (self.get and completed.exit == 0):
            return deed_of(completed, scene)
        if completed.exit in (0, ALREADY):
            return Deed("ok", last_line(completed.out.text), changed=completed.exit == 0)
        return Deed("failed", f"could not {self.do or 'read it'}", last_line(completed.err.text))

    @property
    def _verb(self) -> Verb:
        verb = self.do or self.get
        assert verb is not None
        return verb


def _logs_only(part: LogPart, get: What | None) -> None:
    if get != "logs" and (part.since is not None or part.lines is not None):
        raise ValueError("since and lines choose a part of a log; they go with get: logs")
