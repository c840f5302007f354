"""The chain, version 1: how an event is digested, hashed and checked, in bytes that never change; knows no storage."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from incidents.event import Draft, Event, Json
from incidents.vocabulary.codec import read
from incidents.vocabulary.incident import EventRedacted

SALT_BYTES = 16
DATA_BYTES = 4 * 1024 * 1024
START = ""
"""What the first event of a stream has as `prev`."""
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that shows the record was changed; `seq` is where."""

    seq: int
    what: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a stream found, and what no check of it alone can find out."""

    faults: tuple[Fault, ...]
    unknown: tuple[str, ...]


def canonical(value: Json | Mapping[str, Json]) -> bytes:
    """The one UTF-8 form of a JSON value: keys sorted by code point, no spaces, non-ASCII as itself.

    Integers are plain digits; floats the shortest digits that read back as the same float, as Python writes them.
    Raises ValueError (NaN, infinity, half a character, a circle) or TypeError for what JSON cannot say.
    """
    return _JSON.encode(value).encode("utf-8")


def timestamp(moment: datetime) -> str:
    """The one text form of a time: UTC with six digits, 2026-11-23T14:30:07.000123Z."""
    return _utc(moment).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def data_digest(salt: bytes, data: bytes) -> str:
    """SHA-256 over the salt and canonical data, so that data taken out later cannot be guessed from its digest."""
    return hashlib.sha256(b"watchbook/data/1\n" + salt + data).hexdigest()


def header_hash(event: Event) -> str:
    """SHA-256 over all but the data (its digest stands for it) and the position (each ledger gives its own)."""
    header: dict[str, Json] = {
        "stream": event.stream,
        "seq": event.seq,
        "at": timestamp(event.at),
        "recorded": timestamp(event.recorded),
        "actor": {"id": event.actor.id, "via": event.actor.via, "assurance": event.actor.assurance},
        "kind": event.kind,
        "v": event.v,
        "subject": {
            "run": event.subject.run,
            "step": event.subject.step,
            "host": event.subject.host,
            "attempt": event.subject.attempt,
        },
        "digest": event.digest,
        "prev": event.prev,
    }
    return hashlib.sha256(b"watchbook/event/1\n" + canonical(header)).hexdigest()


def seal(
    draft: Draft, stream: str, seq: int, position: int, prev: str, recorded: datetime, salt: bytes | None = None
) -> Event:
    """The event a draft becomes at this place. Its data is a copy, exactly as every later reader will see it.

    Raises ValueError or TypeError for a draft that no ledger can hold.
    """
    salt = secrets.token_bytes(SALT_BYTES) if salt is None else salt
    data = canonical(draft.data)
    if len(data) > DATA_BYTES:
        raise ValueError(f"it has {len(data)} bytes of data, and an event may have {DATA_BYTES}")
    open_event = Event(
        stream=stream,
        seq=seq,
        position=position,
        at=_utc(draft.at),
        recorded=_utc(recorded),
        actor=draft.actor,
        kind=draft.kind,
        v=draft.v,
        subject=draft.subject,
        data=json.loads(data),
        salt=salt,
        digest=data_digest(salt, data),
        prev=prev,
        hash="",
    )
    return replace(open_event, hash=header_hash(open_event))


def verify(events: Sequence[Event], head: tuple[int, str] | None = None) -> Verdict:
    """Checks one whole stream from its first event; `head` is a (seq, hash) that was kept outside this ledger."""
    faults = list(_faults(events))
    if head is not None:
        faults += _against(events, *head)
    return Verdict(tuple(faults), tuple(_unknown(events, head)))


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"the time {moment} has no zone")
    return moment.astimezone(UTC)


def _faults(events: Sequence[Event]) -> Iterator[Fault]:
    redacted = {
        fact.seq
        for event in events
        if isinstance(fact := read(event), EventRedacted) and not fact.output and fact.seq < event.seq
    }
    prev = START
    for seq, event in enumerate(events, start=1):
        if event.seq != seq:
            yield Fault(event.seq, f"stands where #{seq} is due: events are missing, doubled or out of order")
            return
        if event.stream != events[0].stream:
            yield Fault(seq, f"belongs to another stream, {event.stream}")
        if event.prev != prev:
            yield Fault(seq, "does not follow from the event before it")
        if event.hash != header_hash(event):
            yield Fault(seq, "its header was changed: the hash is another")
        if event.data is None:
            if seq not in redacted:
                yield Fault(seq, "its data is gone, and no EventRedacted says why")
        elif len(event.salt) != SALT_BYTES or event.digest != data_digest(event.salt, canonical(event.data)):
            yield Fault(seq, "its data was changed: the digest is another")
        prev = event.hash


def _against(events: Sequence[Event], seq: int, digest: str) -> Iterator[Fault]:
    if len(events) < seq:
        yield Fault(seq, f"the end is cut off: the head from outside is #{seq}, the last event here #{len(events)}")
    elif seq < 1 or events[seq - 1].hash != digest:
        yield Fault(seq, "is not the event that the head from outside names")


def _unknown(events: Sequence[Event], head: tuple[int, str] | None) -> Iterator[str]:
    last = f"{events[-1].stream}#{events[-1].seq}" if events else "#0"
    if head is None:
        yield (
            f"Whether events after {last} were cut off, or the whole stream was written anew: "
            "only a head kept elsewhere (a notification, a report, a signed bundle) can show that."
        )
    elif len(events) > head[0]:
        yield f"Whether events after {last} were cut off: the head from outside covers the first {head[0]}."
    if gone := [f"#{event.seq}" for event in events if event.data is None]:
        yield f"What stood in {', '.join(gone)}: the data was redacted, its digest stays."
    yield "Whether the writers' clocks were right: times are what each machine said, the order is the ledger's."
    if any(event.actor.assurance == "os-user" for event in events):
        yield "Who sat at the keyboard: actors of assurance os-user are what the operating system said."
