"""A fact with the event it stands in: what was said, by whom, when and where."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from incidents.event import Event
from incidents.vocabulary import Fact, read

F = TypeVar("F", bound=Fact, covariant=True)


@dataclass(frozen=True, slots=True)
class Said(Generic[F]):
    """Both together."""

    fact: F
    event: Event


def said(events: Iterable[Event], kind: type[F]) -> Iterator[Said[F]]:
    """Every fact of one kind, in order."""
    for event in events:
        if isinstance(fact := read(event), kind):
            yield Said(fact, event)
