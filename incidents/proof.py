"""What checking a whole record shows: chains, the bytes of outputs, what is linked, heads kept outside; reads only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from incidents.chain import verify
from incidents.event import Event, Json
from incidents.folds.incident import fold
from incidents.ledger.protocol import Chunk, Head, Kept, LedgerError
from incidents.linked import parts
from incidents.signing import HeadText
from incidents.vocabulary import read
from incidents.vocabulary.incident import EventRedacted
from incidents.vocabulary.run import EvidenceKept, StepFinished


class Outputs(Protocol):
    """Where the bytes beside the events are: a ledger, or a bundle."""

    def head(self, stream: str) -> Head | None:
        """What is said of a stream's end, apart from its events."""

    def outputs(self, stream: str) -> list[Kept]:
        """Every output that a stream has."""

    def output(self, stream: str, output: str, offset: int = 0) -> Iterator[Chunk]:
        """Its bytes. Raises LedgerError for damaged ones."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that shows the record was changed or damaged; `where` is a stream, an event or an output."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found, and what no check of this alone can find out. `heads` are the ends that were checked."""

    heads: Sequence[HeadText]
    flaws: Sequence[Flaw]
    unknown: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Seal:
    """What an event says of an output's bytes: how many, and their SHA-256 (empty: it does not say)."""

    length: int | None
    sha256: str


def prove(incident: str, streams: Mapping[str, Sequence[Event]], store: Outputs, heads: Iterable[HeadText]) -> Proof:
    """Checks every stream of a record. `heads` were kept outside; each is held against its stream."""
    flaws: list[Flaw] = []
    unknown: dict[str, None] = {}
    outside = {head.stream: head for head in heads}
    for stream, events in streams.items():
        head = outside.pop(stream, None)
        verdict = verify(events, (head.seq, head.hash) if head else None)
        flaws += [Flaw(f"{stream}#{fault.seq}", fault.what) for fault in verdict.faults]
        flaws += _ends(stream, events, store.head(stream))
        flaws += _bytes(stream, events, store, unknown)
        unknown |= dict.fromkeys(verdict.unknown)
    flaws += [Flaw(stream, f"a head from outside names it, and it is no part of {incident} here") for stream in outside]
    flaws += _missing(incident, streams)
    if any(store.outputs(stream) for stream in streams):
        unknown["When each piece of an output came: the ledger said so, and the chain does not cover it."] = None
    ends = [HeadText(stream, events[-1].seq, events[-1].hash) for stream, events in streams.items() if events]
    return Proof(ends, flaws, list(unknown))


def _missing(incident: str, streams: Mapping[str, Sequence[Event]]) -> Iterator[Flaw]:
    """What is linked must be here, and nothing else may be."""
    reached = {incident}
    wanted = [incident]
    while wanted:
        name = wanted.pop()
        if not streams.get(name):
            yield Flaw(name, "is part of the record, and is not here")
            continue
        for part in parts(fold(streams[name])):
            if part not in reached:
                reached.add(part)
                wanted.append(part)
    for stream in streams:
        if stream not in reached:
            yield Flaw(stream, f"is here, and is no part of {incident}")


def _ends(stream: str, events: Sequence[Event], head: Head | None) -> Iterator[Flaw]:
    """What is kept beside the events, outside the chain, must say the same as they do."""
    if head is None or not events:
        if events:
            yield Flaw(stream, "is in no list of streams")
        return
    first, last = events[0], events[-1]
    if (head.seq, head.hash) != (last.seq, last.hash):
        yield Flaw(stream, f"should end at #{head.seq} ({head.hash[:12]}…), and ends at #{last.seq}")
    if (head.opened, head.last) != (first.recorded, last.recorded):
        yield Flaw(stream, "its times in the list of streams are not those of its events")
    kind = {"RunPlanned": "run", "IncidentOpened": "incident"}.get(first.kind, head.kind)
    if head.kind != kind:
        yield Flaw(stream, f"is listed as {head.kind}, and begins with {first.kind}")
    positions = [event.position for event in events]
    if positions != sorted(set(positions)):
        yield Flaw(stream, "its events stand in another order over all streams than in their own")


def _bytes(stream: str, events: Sequence[Event], store: Outputs, unknown: dict[str, None]) -> Iterator[Flaw]:
    facts = [(event, read(event)) for event in events]
    redacted = {fact.output for _, fact in facts if isinstance(fact, EventRedacted)}
    seals = {name: seal for event, fact in facts for name, seal in _seals(event, fact)}
    silent = {event.seq for event in events if event.data is None}
    kept = {output.output: output.length for output in store.outputs(stream)}
    for name, seal in seals.items():
        if name in redacted:
            if name in kept:
                yield Flaw(f"{stream} {name}", "was redacted, and is here")
        elif seal.length != 0 and name not in kept:
            yield Flaw(f"{stream} {name}", "its bytes are gone, and no EventRedacted says why")
        elif name in kept:
            yield from _against(f"{stream} {name}", seal, kept[name], store.output(stream, name), unknown)
    for name in kept:
        if name not in seals and name not in redacted:
            why = "the event that sealed it was redacted" if silent else "its step has no recorded end"
            unknown[f"Whether the bytes of {stream} {name} are those that came: {why}."] = None


def _against(where: str, seal: _Seal, length: int, chunks: Iterator[Chunk], unknown: dict[str, None]) -> Iterator[Flaw]:
    if seal.length is not None and seal.length != length:
        yield Flaw(where, f"has {length:,} bytes, and its event says {seal.length:,}")
        return
    digest = hashlib.sha256()
    try:
        for chunk in chunks:
            digest.update(chunk.data)
    except LedgerError as damaged:
        yield Flaw(where, str(damaged))
        return
    if not seal.sha256:
        unknown[f"Whether the bytes of {where} are those that came: their event has no digest of what was kept."] = None
    elif digest.hexdigest() != seal.sha256:
        yield Flaw(where, "its bytes were changed: the digest is another")


def _seals(event: Event, fact: object) -> Iterator[tuple[str, _Seal]]:
    match fact:
        case StepFinished():
            for name, seal in fact.output.items():
                if isinstance(seal, dict):
                    kept, whole = seal.get("kept"), seal.get("kept") == seal.get("length")
                    digest = seal.get("sha256") if whole else seal.get("kept_sha256")
                    yield event.subject.output(name), _Seal(_int(kept), _str(digest))
        case EvidenceKept() if fact.output:
            yield fact.output, _Seal(None, fact.stored)
        case _:
            return


def _int(value: Json) -> int | None:
    return value if isinstance(value, int) else None


def _str(value: Json) -> str:
    return value if isinstance(value, str) else ""
