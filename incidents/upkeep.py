"""The ledger's own care: is all of it true, what may go and when; knows no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from incidents import linked
from incidents.event import Actor
from incidents.folds.incident import Record, fold
from incidents.ids import incident_id
from incidents.ledger import copies, open_ledger
from incidents.ledger.protocol import Batch, Entry, Head, Ledger, StreamKind
from incidents.proof import Flaw, prove
from incidents.vocabulary import draft, read
from incidents.vocabulary.incident import IncidentOpened, StatusChanged, StreamPruned
from incidents.vocabulary.run import RunPlanned

EVERYTHING = 1_000_000_000
RETENTION: Mapping[str, timedelta] = {
    "incident": timedelta(days=730),
    "maintenance": timedelta(days=365),
    "check": timedelta(days=90),
    "drill": timedelta(days=90),
}
"""How long a record is kept after its last entry, by kind; a drill of any kind is a drill."""
SECURITY = "security"


@dataclass(frozen=True, slots=True)
class Prunable:
    """A record whose time is over, and the streams that go with it."""

    record: Record
    streams: list[Head]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a restored backup held, and what was wrong with it."""

    records: int
    runs: int
    events: int
    flaws: list[Flaw]


def check(ledger: Ledger) -> Iterator[Flaw]:
    """Everything wrong with any stream: each record with what belongs to it, then runs of no record."""
    seen: set[str] = set()
    for head in [*_heads(ledger, "incident"), *_heads(ledger, "run")]:
        if head.stream in seen:
            continue
        streams = linked.streams(ledger, head.stream)
        for flaw in prove(head.stream, streams, ledger, []).flaws:
            if flaw.where.partition("#")[0].partition(" ")[0] not in seen:
                yield flaw
        seen |= streams.keys()


def try_restore(backup: Path) -> Trial:
    """Restores a backup into a folder of its own, opens it as this version does, and checks all of it."""
    copies.check_copy(backup)
    with TemporaryDirectory(prefix="watchbook-") as folder:
        home = Path(folder) / "var"
        copies.lay_down(backup, home)
        ledger = open_ledger(home)
        try:
            flaws = list(check(ledger))
            streams = [*_heads(ledger, "incident"), *_heads(ledger, "run")]
            records = sum(head.kind == "incident" for head in streams)
            return Trial(records, len(streams) - records, sum(head.seq for head in streams), flaws)
        finally:
            ledger.close()


def prunable(ledger: Ledger, at: datetime, keep: Mapping[str, timedelta] = RETENTION) -> Iterator[Prunable]:
    """What may go, the oldest first: over, unread by no other record, and no security record, which are kept."""
    records = {head.stream: fold(ledger.read(head.stream)) for head in _heads(ledger, "incident")}
    for incident, record in reversed(records.items()):
        kind = "drill" if record.drill else record.kind
        if record.last_at is None or kind not in keep or record.last_at + keep[kind] > at or record.merged_into:
            continue
        names = linked.streams(ledger, incident)
        others = {part for name, other in records.items() if name not in names for part in linked.parts(other)}
        heads = [head for name in names if (head := ledger.head(name)) and name not in others]
        young = any(head.last + keep[kind] > at or ledger.holder(head.stream) for head in heads)
        if not young and not any(_is_security(fact) for events in names.values() for fact in map(read, events)):
            yield Prunable(record, heads)


def prune(ledger: Ledger, actor: Actor, chosen: Prunable) -> str:
    """Removes a record and writes down, in a record of its own, what was removed. Answers that record's id."""
    report = incident_id()
    title = f"{chosen.record.incident} removed: its time was over"
    facts = [
        IncidentOpened(report, "maintenance", title, "P3", source="ledger.prune"),
        *(StreamPruned(head.stream, head.kind, head.seq, head.hash) for head in chosen.streams),
        StatusChanged("resolved"),
    ]
    entry = Entry(report, [draft(fact, actor) for fact in facts], expect=0, opens="incident")
    ledger.forget([head.stream for head in chosen.streams], Batch([entry]))
    return report


def _heads(ledger: Ledger, kind: StreamKind) -> list[Head]:
    return ledger.heads(kind, EVERYTHING)


def _is_security(fact: object) -> bool:
    """As the lint rules see it: it lies in the folder of that name, or has the word in its id."""
    return isinstance(fact, RunPlanned) and (
        fact.family == SECURITY or SECURITY in str(fact.book.get("id", "")).split("-")
    )
