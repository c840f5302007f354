"""How a batch is judged and given its place, the same for every ledger; knows no storage."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from incidents import chain
from incidents.event import Draft, Event
from incidents.ledger.protocol import Batch, Chunk, Conflict, Entry, Fenced, Head, Lease, LedgerError

CHUNK_BYTES = 256 * 1024
_STREAM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


class Standing(Protocol):
    """Where things stand now, read under the ledger's write lock."""

    def head(self, stream: str) -> Head | None:
        """The end of a stream, or None when there is no such stream."""

    def end(self, stream: str, output: str) -> int:
        """How many bytes of an output are kept."""

    def lease(self, stream: str) -> Lease | None:
        """The lease given last; its owner is empty once it was given back."""

    def position(self) -> int:
        """The position given last, over all streams."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is to be written, all of it or nothing. `heads` are the touched streams as they stand afterwards."""

    events: list[Event]
    heads: list[Head]
    chunks: list[Chunk]


def admit(batch: Batch, standing: Standing, recorded: datetime) -> Admitted:
    """Judges a whole batch. Raises Conflict, Fenced, or LedgerError for what no ledger can hold."""
    if batch.lease is not None:
        _fence(batch.lease, standing.lease(batch.lease.stream))
    heads: dict[str, Head] = {}
    events: list[Event] = []
    position = standing.position()
    for entry in batch.entries:
        head = heads.get(entry.stream) or standing.head(entry.stream)
        _expect(entry, head)
        for draft in entry.drafts:
            position += 1
            event = _seal(draft, entry.stream, head, position, recorded)
            head = _next_head(head, entry, event)
            events.append(event)
        if entry.drafts and head is not None:
            heads[entry.stream] = head
    known = {chunk.stream for chunk in batch.chunks if chunk.stream in heads or standing.head(chunk.stream)}
    return Admitted(events, list(heads.values()), list(_dense(batch.chunks, known, standing, recorded)))


def check_claim(stream: str, owner: str) -> None:
    """Refuses a lease that could not be told from no lease."""
    _check_name(stream)
    if not owner:
        raise LedgerError(f"The lease of {stream} needs an owner's name.")


def _check_name(stream: str) -> None:
    """Stream ids become file names, and lines on a phone."""
    if not _STREAM.fullmatch(stream):
        raise LedgerError(f"{stream!r} cannot name a stream: 1 to 64 letters, digits, dots, hyphens or underscores.")


def _fence(mine: Lease, given: Lease | None) -> None:
    if given is None or (given.epoch, given.owner) != (mine.epoch, mine.owner):
        now = f"{given.owner or 'nobody'} has epoch {given.epoch}" if given else "it was never given"
        raise Fenced(
            f"The lease of {mine.stream} (epoch {mine.epoch}, {mine.owner}) is no longer ours: {now}.",
            f"Look who drives it: ./inv run.show {mine.stream}",
        )


def _expect(entry: Entry, head: Head | None) -> None:
    seq = head.seq if head else 0
    if entry.expect is not None and entry.expect != seq:
        raise Conflict(
            f"{entry.stream} stands at #{seq}, not at #{entry.expect}: somebody else appended first.",
            "Read it again, then decide again.",
        )
    if head is None:
        _check_name(entry.stream)
        if entry.opens is None and entry.drafts:
            raise LedgerError(f"There is no stream {entry.stream}.", "List what there is: ./inv incident.list")
    elif entry.opens not in (None, head.kind):
        raise LedgerError(f"{entry.stream} is a stream of kind {head.kind}, not {entry.opens}.")


def _seal(draft: Draft, stream: str, head: Head | None, position: int, recorded: datetime) -> Event:
    seq, prev = (head.seq + 1, head.hash) if head else (1, chain.START)
    try:
        return chain.seal(draft, stream, seq, position, prev, recorded)
    except (TypeError, ValueError, RecursionError) as error:
        raise LedgerError(f"A {draft.kind} for {stream} cannot be recorded: {error}.") from error


def _next_head(head: Head | None, entry: Entry, event: Event) -> Head:
    if head is None:
        assert entry.opens is not None
        return Head(entry.stream, entry.opens, event.seq, event.hash, event.recorded, event.recorded)
    return replace(head, seq=event.seq, hash=event.hash, last=event.recorded)


def _dense(chunks: Sequence[Chunk], known: set[str], standing: Standing, recorded: datetime) -> Iterator[Chunk]:
    """Cuts chunks to size and lets no byte be missing, doubled or overwritten."""
    ends: dict[tuple[str, str], int] = {}
    for chunk in chunks:
        if chunk.stream not in known:
            raise LedgerError(f"There is no stream {chunk.stream} to keep the output {chunk.output} of.")
        key = (chunk.stream, chunk.output)
        end = ends[key] if key in ends else standing.end(*key)
        if chunk.offset != end:
            raise Conflict(f"The output {chunk.output} of {chunk.stream} ends at {end}, not at {chunk.offset}.")
        for start in range(0, len(chunk.data), CHUNK_BYTES):
            piece = chunk.data[start : start + CHUNK_BYTES]
            yield replace(chunk, offset=end + start, data=piece, recorded=recorded)
        ends[key] = end + len(chunk.data)
