"""The event, version 1: what every stream is made of; knows nothing of what the kinds mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Assurance = Literal["os-user", "session", "token"]


def now() -> datetime:
    """The writer's clock: UTC, microseconds."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, by which door they came (terminal, demo, web, worker), and how sure we are."""

    id: str
    via: str
    assurance: Assurance = "os-user"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the event is about; an empty string or attempt 0 means "not about one"."""

    run: str = ""
    step: str = ""
    host: str = ""
    attempt: int = 0

    def output(self, name: str) -> str:
        """Where the run's stream keeps an output of it: `step/host/attempt/name`, with - for no host."""
        return f"{self.step}/{self.host or '-'}/{self.attempt}/{name}"


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before the ledger has given it a place."""

    kind: str
    data: Mapping[str, Json]
    actor: Actor
    subject: Subject = Subject()
    at: datetime = field(default_factory=now)
    v: int = 1


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the record: `seq` orders its stream (from 1), `position` orders the ledger.

    `at` is the writer's clock and may lie; `recorded` is the ledger's, the only one that expiry and leases use.
    `data` is None once redacted; `digest` (salted SHA-256 of the data) and `hash` (of the header) stay.
    """

    stream: str
    seq: int
    position: int
    at: datetime
    recorded: datetime
    actor: Actor
    kind: str
    v: int
    subject: Subject
    data: Mapping[str, Json] | None
    salt: bytes
    digest: str
    prev: str
    hash: str
