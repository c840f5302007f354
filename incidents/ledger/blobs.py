"""Bytes of outputs in a relational ledger: stored once by their hash, and taken out for good when they are erased."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from incidents.ledger import rows, tables
from incidents.ledger.protocol import Chunk, Erase

_ADD_CHUNKS = insert(tables.chunks)
_ADD_BLOBS = insert(tables.blobs)
_KNOWN_BLOBS = select(tables.blobs.c.sha256).where(tables.blobs.c.sha256.in_(bindparam("named", expanding=True)))
_DROP_LOOSE_BLOBS = delete(tables.blobs).where(
    ~select(tables.chunks.c.blob).where(tables.chunks.c.blob == tables.blobs.c.sha256).exists()
)


def add_chunks(connection: Connection, chunks: Sequence[Chunk]) -> None:
    """Bytes that are there already are not stored again."""
    found = [rows.chunk_row(chunk) for chunk in chunks]
    data = {str(row["blob"]): chunk.data for row, chunk in zip(found, chunks, strict=True)}
    known = set(connection.execute(_KNOWN_BLOBS, {"named": list(data)}).scalars())
    fresh = [{"sha256": name, "packed": rows.pack(data[name])} for name in data if name not in known]
    if fresh:
        connection.execute(_ADD_BLOBS, fresh)
    connection.execute(_ADD_CHUNKS, found)


def drop_loose_blobs(connection: Connection) -> None:
    """Those that no chunk names any more."""
    connection.execute(_DROP_LOOSE_BLOBS)


def erase(connection: Connection, gone: Erase) -> None:
    """The data of one event, or all bytes of one output."""
    if gone.output:
        chunks = tables.chunks.c
        connection.execute(delete(tables.chunks).where(chunks.stream == gone.stream, chunks.output == gone.output))
        drop_loose_blobs(connection)
        return
    events = tables.events
    redacted = update(events).where(events.c.stream == gone.stream, events.c.seq == gone.seq)
    connection.execute(redacted.values(data=None, salt=b""))
