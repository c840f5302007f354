"""The parts a step or a book is qualified with: retry, verify, witness, stop, become, hosts, secrets."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from engine.primitives.types import Duration, Template
from engine.words.probe import NamedProbe
from engine.words.request import Ask
from engine.words.run import ShellCommand
from engine.words.service import ServiceReading
from engine.words.word import Model, exactly_one


class Retry(Model):
    """Try again when it failed.

    retry: {times: 3, delay: 5s}
    """

    short: ClassVar[str] = "times"

    times: int = Field(ge=1, le=100)
    """How often again, after the first time."""
    delay: Duration = 1.0
    """How long to wait before each."""


class Verify(Model):
    """Did it work, and does it stay? A check, polled after the act.

    verify: {check: healthy, within: 60s, every: 1s, stay: 3s}
    """

    check: NamedProbe
    """A name under `checks`, or a probe written in place."""
    within: Duration = 30.0
    """It must first pass within this time."""
    every: Annotated[Duration, Field(ge=0.05)] = 1.0
    """How long between two looks."""
    stay: Duration = 0.0
    """It must go on passing for this long."""


class Witness(Model):
    """Did the act itself happen? A value read before and compared after: what tells after a crash.

    witness: {service: {name: "{{ unit }}", get: started_at}, changed: true}
    witness: {run: readlink /srv/app/current, equals: "/srv/app/{{ release }}"}
    """

    run: ShellCommand | None = None
    """The output of a command that only reads."""
    service: ServiceReading | None = None
    """A service's start, pid or state."""
    http: Ask | None = None
    """The body of an answer."""
    changed: Literal[True] | None = None
    """It happened when the value differs from the one before."""
    equals: Template | None = None
    """It happened when the value is this."""

    @model_validator(mode="after")
    def _one_each(self) -> Witness:
        exactly_one(self, "run", "service", "http")
        exactly_one(self, "changed", "equals")
        return self


class StopRule(Model):
    """How the act is ended when it must: a signal, then KILL after the grace.

    stop: {signal: INT, grace: 30s}
    """

    signal: Literal["TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "KILL"] = "TERM"
    """What is sent first."""
    grace: Annotated[Duration, Field(le=600)] = 5.0
    """How long it may take to end by itself."""


class Sudo(Model):
    """Run as another user, by sudo -n."""

    user: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_.-]{0,31}$")] = "root"
    """Whom to run as."""


class HostChoice(Model):
    """The hosts a book runs on unless `--hosts` says otherwise.

    hosts: {group: backend}
    hosts: {names: [web-1, web-2]}
    """

    group: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")] | None = None
    """All hosts of a group."""
    names: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]] | None = Field(
        default=None, min_length=1, max_length=1000
    )
    """Hosts by name."""

    @model_validator(mode="after")
    def _one(self) -> HostChoice:
        exactly_one(self, "group", "names")
        return self

    @property
    def text(self) -> str:
        """As `--hosts` would say it."""
        return self.group or ",".join(self.names or ())


def _reference(text: str) -> str:
    if not re.fullmatch(REFERENCE, text):
        raise ValueError("a secret is named by where it is, env:NAME or file:/PATH, and never stands in a runbook")
    return text


REFERENCE = r"env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:/.{1,1000}"
Reference = Annotated[
    str, AfterValidator(_reference), WithJsonSchema({"type": "string", "pattern": f"^({REFERENCE})$"})
]


class SecretRef(Model):
    """Where a secret is, never what it is.

    probe_token: {from: "env:PROBE_TOKEN"}
    """

    from_: Reference = Field(alias="from")
    """`env:NAME` or `file:/PATH`, on the controller."""
