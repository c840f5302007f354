"""A record people work in, folded from its stream: incident, maintenance or check; knows no run's inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from incidents.event import Event
from incidents.folds.said import Said
from incidents.vocabulary import Unread, read
from incidents.vocabulary.incident import (
    ActionAdded,
    IncidentOpened,
    NoteAdded,
    RunLinked,
    SeverityChanged,
    StatusChanged,
)


@dataclass(slots=True)
class Record:
    """What a record's stream says. Times are the ledger's (`recorded`); `unread` facts are shown, never guessed."""

    incident: str = ""
    kind: str = ""
    title: str = ""
    severity: str = ""
    status: str = ""
    drill: bool = False
    source: str = ""
    seq: int = 0
    opened_at: datetime | None = None
    opened_by: str = ""
    last_at: datetime | None = None
    reached: dict[str, datetime] = field(default_factory=dict)
    """Status to when the record first came to it."""
    runs: dict[str, RunLinked] = field(default_factory=dict)
    notes: list[Said[NoteAdded]] = field(default_factory=list)
    actions: list[Said[ActionAdded]] = field(default_factory=list)
    unread: list[Said[Unread]] = field(default_factory=list)

    def took(self, status: str) -> float | None:
        """Seconds from the opening until the record first came to a status; None when it never did."""
        at = self.reached.get(status)
        return (at - self.opened_at).total_seconds() if at and self.opened_at else None


def fold(events: Iterable[Event]) -> Record:
    """The record after these events, from an empty one."""
    record = Record()
    for event in events:
        apply(record, event)
    return record


def apply(record: Record, event: Event) -> None:
    """Folds one more event in."""
    record.seq, record.last_at = event.seq, event.recorded
    fact = read(event)
    match fact:
        case IncidentOpened():
            record.incident, record.kind, record.title = fact.incident, fact.record, fact.title
            record.severity, record.drill, record.source = fact.severity, fact.drill, fact.source
            record.opened_at, record.opened_by = event.recorded, event.actor.id
            _reach(record, "open", event)
        case RunLinked():
            record.runs[fact.run] = fact
        case NoteAdded():
            record.notes.append(Said(fact, event))
        case SeverityChanged():
            record.severity = fact.severity
        case StatusChanged():
            _reach(record, fact.status, event)
        case ActionAdded():
            record.actions.append(Said(fact, event))
        case Unread():
            record.unread.append(Said(fact, event))
        case _:
            pass


def _reach(record: Record, status: str, event: Event) -> None:
    record.status = status
    record.reached.setdefault(status, event.recorded)
