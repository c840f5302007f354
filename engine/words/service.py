"""`service`: starts, stops, restarts or reads a service through whatever keeps it on its host."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from engine.primitives.scope import Scope
from engine.primitives.types import Duration, Template
from engine.words.word import Deed, Effect, Model, Scene, Word, exactly_one

Reading = Literal["state", "logs", "pid", "started_at"]


class ServiceReading(Model):
    """Read something of a service: its state, its log, its pid or when it started.

    service: {name: "{{ unit }}", get: logs, since: 30m}
    """

    name: Template
    """The service: a systemd unit, a supervisor program or a name under `services` in hosts.yaml."""
    get: Reading
    """state (running or stopped), logs, pid, or started_at (changes with every start)."""
    since: Duration | None = None
    """For logs: only what was written so long ago or later, where lines carry their time."""
    lines: int | None = Field(default=None, ge=1, le=100_000)
    """For logs: at most so many of the last lines (200, unless `since` is given)."""


class Service(Word):
    """Start, stop, restart or reload a service, or read it. systemd, supervisor and pidfile services are found.

    Starting what runs, or stopping what is stopped, is done already. It becomes root only where the driver needs it.

        service: {name: "{{ unit }}", do: restart}
        service: {name: nginx, get: state}
    """

    word: ClassVar[str] = "service"

    name: Template
    """The service: a systemd unit, a supervisor program or a name under `services` in hosts.yaml."""
    do: Literal["start", "stop", "restart", "reload"] | None = None
    """What to do with it."""
    get: Reading | None = None
    """What to read of it: state, logs, pid or started_at."""
    since: Duration | None = None
    """For logs: only what was written so long ago or later, where lines carry their time."""
    lines: int | None = Field(default=None, ge=1, le=100_000)
    """For logs: at most so many of the last lines (200, unless `since` is given)."""

    @model_validator(mode="after")
    def _do_or_get(self) -> Service:
        exactly_one(self, "do", "get")
        return self

    @property
    def effect(self) -> Effect:
        """A read when it only reads."""
        return "read" if self.get else "change"

    def show(self, scope: Scope) -> str:
        """What is done with which service."""
        return f"{self.do or 'read ' + str(self.get)} {self.name.render(scope)}"

    def perform(self, scene: Scene) -> Deed:
        """Finds the driver on the host and acts, in one round trip."""
        raise NotImplementedError
