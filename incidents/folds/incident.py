"""A record people work in, folded from its stream: incident, maintenance or check; knows no run's inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from incidents.event import Event
from incidents.folds.lifecycle import CLOCKS
from incidents.folds.said import Said
from incidents.vocabulary import Fact, Unread, read
from incidents.vocabulary.incident import (
    ActionAdded,
    ActionClosed,
    HandoverAccepted,
    HandoverOffered,
    IncidentOpened,
    NoteAdded,
    RecordAbsorbed,
    RecordMerged,
    RoleTaken,
    RunLinked,
    RunUnlinked,
    SeverityChanged,
    StatusChanged,
)


@dataclass(slots=True)
class Action:
    """Work left over, and how it ended, if it did."""

    added: Said[ActionAdded]
    closed: Said[ActionClosed] | None = None

    def overdue(self, today: date) -> bool:
        """Still to be done, and the day it was due is over."""
        return self.closed is None and "" < self.added.fact.due < today.isoformat()


@dataclass(slots=True)
class Handover:
    """An offer to lead, and who took it, if anybody did."""

    offered: Said[HandoverOffered]
    accepted: Said[HandoverAccepted] | None = None


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
    began: datetime | None = None
    opened_at: datetime | None = None
    opened_by: str = ""
    last_at: datetime | None = None
    reached: dict[str, datetime] = field(default_factory=dict)
    """Status to when the record first came to it; what it had reached is forgotten when it is opened again."""
    reopened: int = 0
    runs: dict[str, RunLinked] = field(default_factory=dict)
    absorbed: dict[str, RecordAbsorbed] = field(default_factory=dict)
    merged_into: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    notes: list[Said[NoteAdded]] = field(default_factory=list)
    actions: dict[str, Action] = field(default_factory=dict)
    handovers: dict[str, Handover] = field(default_factory=dict)
    unread: list[Said[Unread]] = field(default_factory=list)

    def took(self, status: str) -> float | None:
        """Seconds from the opening until the record first came to a status; None when it never did."""
        at = self.reached.get(status)
        return (at - self.opened_at).total_seconds() if at and self.opened_at else None

    @property
    def acknowledge_by(self) -> datetime | None:
        """When somebody must have acknowledged it, by its severity; None where no clock runs."""
        clock = CLOCKS.get(self.severity) if self.kind == "incident" else None
        return self.opened_at + clock if clock and self.opened_at else None

    def late(self, at: datetime) -> bool:
        """Nobody acknowledged it in time, as seen at a moment."""
        due = self.acknowledge_by
        return due is not None and self.reached.get("acknowledged", at) > due


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
            record.began = datetime.fromisoformat(fact.began) if fact.began else None
            record.opened_at, record.opened_by = event.recorded, event.actor.id
            _reach(record, "open", event)
        case SeverityChanged():
            record.severity = fact.severity
        case StatusChanged():
            _reach(record, fact.status, event)
        case Unread():
            record.unread.append(Said(fact, event))
            if event.seq == 1:  # the opening was redacted; who, when and where stay
                record.incident, record.opened_at, record.opened_by = event.stream, event.recorded, event.actor.id
                _reach(record, "open", event)
        case _:
            _link(record, fact)
            _work(record, fact, event)


def _link(record: Record, fact: Fact) -> None:
    match fact:
        case RunLinked():
            record.runs[fact.run] = fact
        case RunUnlinked():
            record.runs.pop(fact.run, None)
        case RecordAbsorbed():
            record.absorbed[fact.incident] = fact
        case RecordMerged():
            record.merged_into = fact.into
        case _:
            pass


def _work(record: Record, fact: Fact, event: Event) -> None:
    match fact:
        case NoteAdded():
            record.notes.append(Said(fact, event))
        case RoleTaken():
            record.roles[fact.role] = fact.person
        case ActionAdded():
            record.actions[fact.action] = Action(Said(fact, event))
        case ActionClosed() if fact.action in record.actions:
            record.actions[fact.action].closed = Said(fact, event)
        case HandoverOffered():
            record.handovers[fact.handover] = Handover(Said(fact, event))
        case HandoverAccepted() if fact.handover in record.handovers:
            record.handovers[fact.handover].accepted = Said(fact, event)
            record.roles["commander"] = event.actor.id
        case _:
            pass


def _reach(record: Record, status: str, event: Event) -> None:
    if status == "open" and record.status:
        record.reopened += 1
        for later in ("mitigated", "resolved", "reviewed"):
            record.reached.pop(later, None)
    record.status = status
    record.reached.setdefault(status, event.recorded)
