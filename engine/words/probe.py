"""A probe: one bounded read that is true or false, named under `checks` and used by when, verify and check."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from engine.primitives.scope import Scope
from engine.primitives.types import Duration, Name, Template
from engine.words.fields import Codes, Pattern
from engine.words.request import Ask
from engine.words.run import ShellCommand
from engine.words.word import Model, Observation, Scene, exactly_one


class HttpProbe(Ask):
    """Ask over HTTP and look at the answer.

    http: {get: "http://127.0.0.1:{{ port }}/api/", expect: {status: 200, json: {status: ok}}}
    """


class CommandProbe(ShellCommand):
    """Run a command that only reads; its exit code and output answer.

    run: test -s /etc/app/env
    run: {command: df -P /, stdout: " [0-7]?[0-9]% "}
    """

    exit: Codes = Field(default=[0])
    """The exit codes that pass."""
    stdout: Pattern | None = None
    """A pattern in its output."""
    timeout: Duration = 10.0
    """How long it may take."""


class ServiceProbe(Model):
    """Is a service running, by its own driver (systemd, supervisor or pidfile)?

    service: {name: "{{ unit }}", is: running}
    """

    name: Template
    """The service: a systemd unit, a supervisor program or a name under `services` in hosts.yaml."""
    is_: Literal["running", "stopped"] = Field(default="running", alias="is")
    """What it should be."""


class PortProbe(Model):
    """Does something accept connections on a TCP port?

    port: {number: "{{ port }}", is: open}
    """

    number: Template
    """The port, 1 to 65535."""
    host: Template | None = None
    """The address, seen from the step's host; itself (127.0.0.1) when missing."""
    is_: Literal["open", "closed"] = Field(default="open", alias="is")
    """What it should be."""


class Probe(Model):
    """One bounded read that is true or false. Exactly one of http, run, service and port.

    healthy: {http: {get: "http://127.0.0.1:{{ port }}/api/", expect: {status: 200}}}
    """

    kinds: ClassVar[tuple[str, ...]] = ("http", "run", "service", "port")

    http: HttpProbe | None = None
    """Ask over HTTP and look at the answer."""
    run: CommandProbe | None = None
    """Run a command that only reads."""
    service: ServiceProbe | None = None
    """Look whether a service runs."""
    port: PortProbe | None = None
    """Look whether a TCP port is open."""

    @model_validator(mode="after")
    def _one_kind(self) -> Probe:
        exactly_one(self, *self.kinds)
        return self

    def show(self, scope: Scope) -> str:
        """One line for a person: what is looked at."""
        raise NotImplementedError

    def observe(self, scene: Scene) -> Observation:
        """Looks, once."""
        raise NotImplementedError


class NamedProbe(Probe):
    """A check of this runbook by its name, or a probe written in place."""

    kinds: ClassVar[tuple[str, ...]] = ("name", *Probe.kinds)
    short: ClassVar[str] = "name"

    name: Name | None = None
    """A name under `checks`."""
