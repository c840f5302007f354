"""Turns facts into drafts and events back into facts; what it cannot read comes back as Unread, never as a guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any

from incidents.event import Actor, Draft, Event, Json, Subject


@dataclass(frozen=True, slots=True)
class Fact:
    """The base of every fact; its class name is the event's kind, its fields are the event's data (JSON only)."""


@dataclass(frozen=True, slots=True)
class Unread(Fact):
    """A fact this version cannot read: a newer or misshapen one, or redacted data. It is shown, and blocks acting."""

    kind: str
    v: int
    redacted: bool


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    needed: bool
    fits: Callable[[Json], bool]


def _one_of(*types: type) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, types)


# By annotation. A float that JSON writes without a point would come back as an int from other writers.
_FITS: dict[str, Callable[[Json], bool]] = {
    "str": _one_of(str),
    "str | None": _one_of(str, type(None)),
    "int": _one_of(int),
    "int | None": _one_of(int, type(None)),
    "float": _one_of(float, int),
    "float | None": _one_of(float, int, type(None)),
    "bool": _one_of(bool),
    "bool | None": _one_of(bool, type(None)),
    "list[str]": lambda value: isinstance(value, list) and all(isinstance(item, str) for item in value),
    "dict[str, str]": lambda value: isinstance(value, dict) and all(isinstance(item, str) for item in value.values()),
    "dict[str, Json]": _one_of(dict),
}
_KINDS: dict[tuple[str, int], tuple[type[Fact], tuple[_Field, ...]]] = {}


def register(*kinds: type[Fact]) -> tuple[type[Fact], ...]:
    """Makes kinds readable, as version 1."""
    for kind in kinds:
        _KINDS[kind.__name__, 1] = (
            kind,
            tuple(
                _Field(f.name, f.default is MISSING and f.default_factory is MISSING, _FITS[str(f.type)])
                for f in fields(kind)
            ),
        )
    return kinds


_NOTHING = Subject()


def draft(fact: Fact, actor: Actor, subject: Subject = _NOTHING) -> Draft:
    """The draft of one fact."""
    data: dict[str, Json] = asdict(fact)
    return Draft(type(fact).__name__, data, actor, subject)


def read(event: Event) -> Fact:
    """The fact an event holds. Fields a newer writer added are left aside; they stay in the event."""
    unread = Unread(event.kind, event.v, redacted=event.data is None)
    if event.data is None or (event.kind, event.v) not in _KINDS:
        return unread
    kind, shape = _KINDS[event.kind, event.v]
    known: dict[str, Any] = {}
    for field in shape:
        if field.name in event.data:
            known[field.name] = event.data[field.name]
            if not field.fits(known[field.name]):
                return unread
        elif field.needed:
            return unread
    return kind(**known)
