"""The facts of an incident stream, the record people work in; some of them may stand in a run stream too."""

from __future__ import annotations

from dataclasses import dataclass

from incidents.vocabulary.codec import Fact, register


@dataclass(frozen=True, slots=True)
class IncidentOpened(Fact):
    """The first event of a record. `record` is incident, maintenance or check; `severity` P0 to P3.

    `began` is when the trouble itself began, as somebody said (UTC, ISO); empty when nobody did.
    """

    incident: str
    record: str
    title: str
    severity: str
    drill: bool = False
    source: str = ""
    began: str = ""


@dataclass(frozen=True, slots=True)
class RunLinked(Fact):
    """A run belongs to this record from here on."""

    run: str
    book: str
    title: str


@dataclass(frozen=True, slots=True)
class RunUnlinked(Fact):
    """A run was linked by mistake: from here on it no longer belongs to this record."""

    run: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordAbsorbed(Fact):
    """Another record turned out to be the same trouble; from here on it is read as part of this one."""

    incident: str
    title: str


@dataclass(frozen=True, slots=True)
class RecordMerged(Fact):
    """The other end of RecordAbsorbed: work goes on in `into`, and nothing more is written here."""

    into: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoteAdded(Fact):
    """Words of a person (or of the engine, when a thing worth knowing has no kind of its own)."""

    text: str


@dataclass(frozen=True, slots=True)
class SeverityChanged(Fact):
    """A responder raised or lowered the severity."""

    severity: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatusChanged(Fact):
    """The lifecycle moved: open, acknowledged, mitigated, resolved, reviewed."""

    status: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RoleTaken(Fact):
    """Somebody has a role from here on: commander, scribe, communications or expert."""

    role: str
    person: str


@dataclass(frozen=True, slots=True)
class ActionAdded(Fact):
    """Work left over, with an owner and a due date (ISO)."""

    action: str
    text: str
    owner: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class ActionClosed(Fact):
    """Work left over is left over no more: `outcome` is done or dropped."""

    action: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HandoverOffered(Fact):
    """Whoever leads wants somebody else to lead. `card` is what the next one must know, drafted from the record."""

    handover: str
    to: str
    card: str


@dataclass(frozen=True, slots=True)
class HandoverAccepted(Fact):
    """The next one read the card and leads from here on."""

    handover: str


@dataclass(frozen=True, slots=True)
class BundleHanded(Fact):
    """Custody: the bundle of this record, as it was before this event, was given to somebody."""

    to: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StreamPruned(Fact):
    """A whole stream was removed because its time was over; `seq` and `hash` are where it ended."""

    stream: str
    kind: str
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class BallastFreed(Fact):
    """The disk was full: the ledger gave up its reserve (bytes) so that this and what follows is recorded."""

    freed: int
    detail: str


@dataclass(frozen=True, slots=True)
class EventRedacted(Fact):
    """The data of one event (or a whole output) was taken out; the chain still verifies."""

    seq: int
    reason: str
    output: str = ""


INCIDENT_FACTS = register(
    IncidentOpened,
    RunLinked,
    RunUnlinked,
    RecordAbsorbed,
    RecordMerged,
    NoteAdded,
    SeverityChanged,
    StatusChanged,
    RoleTaken,
    ActionAdded,
    ActionClosed,
    HandoverOffered,
    HandoverAccepted,
    BundleHanded,
    StreamPruned,
    BallastFreed,
    EventRedacted,
)
