"""Turns facts into drafts and events back into facts; an unknown kind comes back as Unread, never as a guess."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from incidents.event import Actor, Draft, Event, Json, Subject

_KINDS: dict[tuple[str, int], type[Fact]] = {}


@dataclass(frozen=True, slots=True)
class Fact:
    """The base of every fact; its class name is the event's kind, its fields are the event's data (JSON only)."""


@dataclass(frozen=True, slots=True)
class Unread(Fact):
    """A fact this version cannot read: a newer kind, or redacted data. It is shown, and blocks acting."""

    kind: str
    v: int
    redacted: bool


def register(*kinds: type[Fact]) -> tuple[type[Fact], ...]:
    """Makes kinds readable, as version 1."""
    for kind in kinds:
        _KINDS[kind.__name__, 1] = kind
    return kinds


_NOTHING = Subject()


def draft(fact: Fact, actor: Actor, subject: Subject = _NOTHING) -> Draft:
    """The draft of one fact."""
    data: dict[str, Json] = asdict(fact)
    return Draft(type(fact).__name__, data, actor, subject)


def read(event: Event) -> Fact:
    """The fact an event holds. Fields a newer writer added are left aside; they stay in the event."""
    kind = _KINDS.get((event.kind, event.v))
    if kind is None or event.data is None:
        return Unread(event.kind, event.v, redacted=event.data is None)
    known: dict[str, Any] = {f.name: event.data[f.name] for f in fields(kind) if f.name in event.data}
    return kind(**known)
