"""A view over a record's stream and its runs' streams: one line an event, in order; holds nothing of its own."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from incidents.event import Event, Subject
from incidents.ledger.protocol import Ledger
from incidents.linked import streams
from incidents.vocabulary import read
from incidents.vocabulary.run import CheckObserved, RunPlanned, StepActed, StepFinished, StepStarted, WitnessTaken
from incidents.wording import sentence


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words. `minor` ones only explain their neighbours; a short view leaves them out."""

    event: Event
    text: str
    minor: bool

    @property
    def ref(self) -> str:
        """Where it stands: `RUN-20261123-1430-7K3FQ#12`."""
        return f"{self.event.stream}#{self.event.seq}"

    @property
    def at(self) -> datetime:
        """The writer's clock."""
        return self.event.at

    @property
    def recorded(self) -> datetime:
        """The ledger's clock."""
        return self.event.recorded

    @property
    def day(self) -> str:
        """The day of the ledger's clock, for headings: `2026-11-23`."""
        return f"{self.recorded:%Y-%m-%d}"

    def __str__(self) -> str:
        return f"{self.recorded:%H:%M:%S} {self.text}"


def timeline(ledger: Ledger, incident: str) -> list[Line]:
    """The events of every stream of a record, by the ledger's clock; empty for an unknown record."""
    return lines(list(streams(ledger, incident).values()))


def lines(streams: Sequence[Sequence[Event]]) -> list[Line]:
    """Several streams as one. Each keeps its own order, even where a clock went backwards."""
    ended = {
        (event.stream, event.subject) for events in streams for event in events if isinstance(read(event), StepFinished)
    }
    merged = heapq.merge(*(_dated(events) for events in streams), key=lambda dated: dated[:2])
    return [Line(event, sentence(event), _is_minor(event, ended)) for _, _, event in merged]


def _dated(events: Iterable[Event]) -> Iterator[tuple[datetime, int, Event]]:
    latest: datetime | None = None
    for event in events:
        latest = event.recorded if latest is None else max(latest, event.recorded)
        yield latest, event.position, event


def _is_minor(event: Event, ended: set[tuple[str, Subject]]) -> bool:
    match read(event):
        case StepStarted() | StepActed():
            return (event.stream, event.subject) in ended
        case WitnessTaken() | RunPlanned() | CheckObserved(purpose="when"):
            return True
        case _:
            return False
