"""Each fact in the plain words a tired person reads; knows no screen and no page."""

from __future__ import annotations

from incidents.event import Event, Json
from incidents.vocabulary import Fact, Unread, read
from incidents.vocabulary.incident import (
    ActionAdded,
    ActionClosed,
    BallastFreed,
    BundleHanded,
    EventRedacted,
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
    StreamPruned,
)
from incidents.vocabulary.run import (
    CheckObserved,
    EvidenceKept,
    NotificationSent,
    QuestionAnswered,
    QuestionAsked,
    RunFinished,
    RunParked,
    RunPlanned,
    RunStarted,
    StepActed,
    StepFinished,
    StepSkipped,
    StepStarted,
    StopRequested,
    WitnessTaken,
)

LONGEST = 400
"""Characters of one free text in a line."""


def sentence(event: Event) -> str:
    """`web-1 restart: changed in 2.1 s, verified`: whom it is about, then what happened; nothing in it is escaped."""
    about = " ".join(part for part in (event.subject.host, event.subject.step) if part)
    said = words(read(event), event.actor.id)
    return f"{about}: {said}" if about else said


def words(fact: Fact, actor: str) -> str:
    """What happened."""
    if isinstance(fact, Unread):
        return (
            f"{fact.kind}, its data redacted"
            if fact.redacted
            else f"{fact.kind} v{fact.v}, which this version cannot read"
        )
    return (
        _of_record(fact, actor)
        or _of_people(fact, actor)
        or _of_step(fact)
        or _of_run(fact, actor)
        or type(fact).__name__
    )


def duration(seconds: float) -> str:
    """`40 ms`, `2.1 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 0.95:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 120:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 120:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def clip(text: str) -> str:
    """On one line, and not too long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST]}…"


def _of_record(fact: Fact, actor: str) -> str:
    match fact:
        case IncidentOpened():
            drill = ", a drill" if fact.drill else ""
            return f"{fact.record} opened by {actor}: {clip(fact.title)} ({fact.severity}{drill})"
        case RunLinked():
            return f"run {fact.run} linked: {clip(fact.title)}"
        case RunUnlinked():
            return f"run {fact.run} unlinked by {actor}{_because(fact.reason)}"
        case RecordAbsorbed():
            return f"{fact.incident} merged into this by {actor}: {clip(fact.title)}"
        case RecordMerged():
            return f"merged into {fact.into} by {actor}{_because(fact.reason)}"
        case SeverityChanged():
            return f"severity {fact.severity}, says {actor}{_because(fact.reason)}"
        case StatusChanged():
            return f"{fact.status}, says {actor}{_because(fact.reason)}"
        case BundleHanded():
            return f"bundle {fact.name} given to {clip(fact.to)} by {actor}"
        case StreamPruned():
            return f"{fact.kind} {fact.stream} removed: it ended at #{fact.seq}, {fact.hash}"
        case BallastFreed():
            return f"{clip(fact.detail)}: the ledger gave up its reserve of {fact.freed:,} bytes"
        case EventRedacted():
            what = f"output {fact.output}" if fact.output else f"event #{fact.seq}"
            return f"{what} redacted by {actor}{_because(fact.reason)}"
        case _:
            return ""


def _of_people(fact: Fact, actor: str) -> str:
    match fact:
        case NoteAdded():
            return f"note by {actor}: {clip(fact.text)}"
        case RoleTaken():
            return f"{fact.person} is {fact.role}, says {actor}"
        case ActionAdded():
            whose = ", ".join(part for part in (fact.owner, fact.due and f"due {fact.due}") if part)
            return f"action {fact.action}: {clip(fact.text)}" + (f" ({whose})" if whose else "")
        case ActionClosed():
            return f"action {fact.action} {fact.outcome}, says {actor}{_because(fact.reason)}"
        case HandoverOffered():
            return f"{actor} wants to hand over to {fact.to} ({fact.handover})"
        case HandoverAccepted():
            return f"{actor} took over ({fact.handover})"
        case _:
            return ""


def _of_step(fact: Fact) -> str:
    match fact:
        case CheckObserved():
            return f"{fact.check}? {_YES[fact.passed]}{_because(fact.detail)}"
        case WitnessTaken():
            return f"witness {fact.moment}: {'none' if fact.value is None else clip(fact.value)}{_because(fact.detail)}"
        case StepSkipped():
            return f"skipped{_because(fact.detail or fact.reason)}"
        case StepStarted():
            return f"started{_because(fact.display)}"
        case StepActed():
            end = "" if fact.exit is None else f", exit {fact.exit}"
            return f"acted{end}{_because(fact.message)}"
        case StepFinished():
            verified = {True: ", verified", False: ", not verified", None: ""}[fact.verified]
            end = f", exit {fact.exit}" if fact.exit else ""
            status = fact.status.replace("_", " ")
            return f"{status} in {duration(fact.seconds)}{end}{verified}{_because(fact.message)}"
        case EvidenceKept():
            cut = f", {fact.cut:,} more cut" if fact.cut else ""
            return f"kept {fact.name}: {fact.length:,} bytes{cut}, SHA-256 {fact.sha256[:12]}…"
        case _:
            return ""


def _of_run(fact: Fact, actor: str) -> str:
    match fact:
        case RunPlanned():
            drill = ", a drill" if fact.drill else ""
            return f"run planned by {actor}: {fact.book.get('id', '')} on {clip(', '.join(fact.hosts))}{drill}"
        case RunStarted():
            how = "taken over" if fact.resumed else "started"
            return f"run {how} on {fact.controller} (pid {fact.pid})"
        case NotificationSent():
            return f"{fact.to} {'told' if fact.delivered else 'not told'}{_because(fact.detail or fact.message)}"
        case QuestionAsked():
            return f"{fact.question} asks: {clip(fact.text)} ({', '.join(fact.choices)})"
        case QuestionAnswered():
            values = "".join(f", {name} = {clip(str(value))}" for name, value in fact.values.items())
            return f"{fact.question}: {actor} says {fact.choice}{values}{_because(fact.reason)}"
        case RunParked():
            return f"run waits for a person: {', '.join(fact.questions)}"
        case StopRequested():
            return f"stop wanted by {actor}{_because(fact.reason)}"
        case RunFinished():
            return f"run {fact.outcome.replace('_', ' ')} in {duration(fact.seconds)}{_counted(fact.counts)}"
        case _:
            return ""


_YES = {True: "yes", False: "no", None: "cannot be decided"}


def _because(text: str) -> str:
    return f": {clip(text)}" if text else ""


def _counted(counts: dict[str, Json]) -> str:
    said = ", ".join(f"{count} {status.replace('_', ' ')}" for status, count in counts.items() if count)
    return f" ({said})" if said else ""
