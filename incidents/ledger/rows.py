"""Turns events, heads, chunks and leases into rows and back; knows no connection."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import datetime

from sqlalchemy import RowMapping

from incidents.chain import canonical, timestamp
from incidents.event import Actor, Event, Subject
from incidents.ledger.protocol import Chunk, Head, Lease, LedgerError


def event_row(event: Event) -> dict[str, object]:
    """The row of an event that was just sealed."""
    return {
        "position": event.position,
        "stream": event.stream,
        "seq": event.seq,
        "at": timestamp(event.at),
        "recorded": timestamp(event.recorded),
        "actor": event.actor.id,
        "via": event.actor.via,
        "assurance": event.actor.assurance,
        "kind": event.kind,
        "v": event.v,
        "run": event.subject.run,
        "step": event.subject.step,
        "host": event.subject.host,
        "attempt": event.subject.attempt,
        "data": None if event.data is None else canonical(event.data).decode(),
        "salt": event.salt,
        "digest": event.digest,
        "prev": event.prev,
        "hash": event.hash,
    }


def event_of(row: RowMapping) -> Event:
    """The event a row holds. Raises LedgerError for a row that holds none."""
    try:
        return _event(row)
    except (TypeError, ValueError) as damaged:
        raise LedgerError(
            f"Event {row['seq']} of {row['stream']} is damaged: {damaged}.",
            "See what else is: ./inv ledger.check; a backup has it whole: ./inv ledger.restore",
        ) from damaged


def _event(row: RowMapping) -> Event:
    return Event(
        stream=row["stream"],
        seq=row["seq"],
        position=row["position"],
        at=datetime.fromisoformat(row["at"]),
        recorded=datetime.fromisoformat(row["recorded"]),
        actor=Actor(row["actor"], row["via"], row["assurance"]),
        kind=row["kind"],
        v=row["v"],
        subject=Subject(row["run"], row["step"], row["host"], row["attempt"]),
        data=None if row["data"] is None else json.loads(row["data"]),
        salt=bytes(row["salt"]),
        digest=row["digest"],
        prev=row["prev"],
        hash=row["hash"],
    )


def stream_row(head: Head, first: Event) -> dict[str, object]:
    """The row of a new stream."""
    born = {"id": head.stream, "kind": head.kind, "born": first.position, "opened": timestamp(head.opened)}
    return born | head_row(head)


def head_row(head: Head) -> dict[str, object]:
    """The columns of a stream that change with every append."""
    return {"seq": head.seq, "hash": head.hash, "last": timestamp(head.last)}


def head_of(row: RowMapping) -> Head:
    """The head a row of streams holds."""
    return Head(
        stream=row["id"],
        kind=row["kind"],
        seq=row["seq"],
        hash=row["hash"],
        opened=datetime.fromisoformat(row["opened"]),
        last=datetime.fromisoformat(row["last"]),
    )


def chunk_row(chunk: Chunk) -> dict[str, object]:
    """The row of a chunk; its bytes stand in the blob that it names."""
    return {
        "stream": chunk.stream,
        "output": chunk.output,
        "offset": chunk.offset,
        "length": len(chunk.data),
        "recorded": timestamp(chunk.recorded) if chunk.recorded else None,
        "blob": hashlib.sha256(chunk.data).hexdigest(),
    }


def pack(data: bytes) -> bytes:
    """Bytes as a blob keeps them: fast rather than small, since a step waits for it."""
    return zlib.compress(data, level=1)


def chunk_of(row: RowMapping, stream: str, output: str) -> Chunk:
    """The chunk a row of chunks, joined with its blob, holds. Raises LedgerError for bytes that are not its own."""
    try:
        data = zlib.decompressobj().decompress(row["packed"], row["length"] + 1)
    except zlib.error:
        data = b""
    if len(data) != row["length"] or hashlib.sha256(data).hexdigest() != row["blob"]:
        raise LedgerError(
            f"The output {output} of {stream} is damaged at byte {row['offset']}: other bytes were kept.",
            "See what else is: ./inv ledger.check",
        )
    recorded = datetime.fromisoformat(row["recorded"]) if row["recorded"] else None
    return Chunk(stream, output, row["offset"], data, recorded)


def lease_of(row: RowMapping) -> Lease:
    """The lease a row holds."""
    return Lease(row["stream"], row["epoch"], row["owner"])
