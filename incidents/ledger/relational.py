"""The ledger over a relational database, by SQLAlchemy Core; what differs between databases comes in from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from incidents.event import Actor, Event, now
from incidents.ledger import rows, tables
from incidents.ledger.admission import admit, check_claim
from incidents.ledger.ballast import Ballast
from incidents.ledger.blobs import add_chunks, drop_loose_blobs, erase
from incidents.ledger.protocol import Batch, Chunk, Entry, Head, Held, Kept, Lease, LedgerError, StreamKind
from incidents.ledger.standing import STREAM, Standing
from incidents.vocabulary.codec import draft
from incidents.vocabulary.incident import BallastFreed

T = TypeVar("T")

_ITSELF = Actor("ledger", "ledger")
_CHUNKS_AT_ONCE = 8
_READ = (
    select(tables.events)
    .where(tables.events.c.stream == STREAM, tables.events.c.seq > bindparam("after"))
    .order_by(tables.events.c.seq)
)
# Built once: SQLAlchemy keeps the key of a statement's compiled form on the statement.
_OPEN_STREAM = insert(tables.streams)
_MOVE_HEAD = update(tables.streams).where(tables.streams.c.id == STREAM)
_ADD_EVENTS = insert(tables.events)
_MOVE_POSITION = update(tables.ledger)
_GIVE_LEASE = insert(tables.leases)
_MOVE_LEASE = update(tables.leases).where(tables.leases.c.stream == STREAM)


class Liveness(Protocol):
    """Tells a living holder of a lease from a dead one. Called only under the ledger's write lock, except drop."""

    def take(self, name: str) -> bool:
        """Takes it, if nobody alive has it."""

    def taken(self, name: str) -> bool:
        """Whether somebody alive has it."""

    def drop(self, name: str) -> None:
        """Gives it back."""

    def close(self) -> None:
        """Gives all back."""


class RelationalLedger:
    """Streams in tables. The engine begins a transaction with the write lock when its option `writes` is set;
    `explain` turns a database's error into a LedgerError; `scour` leaves nothing of what was erased in its files."""

    def __init__(
        self,
        engine: Engine,
        explain: Callable[[SQLAlchemyError], LedgerError],
        liveness: Liveness,
        ballast: Ballast,
        scour: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._explain = explain
        self._liveness = liveness
        self._ballast = ballast
        self._scour = scour
        self._one_writer = RLock()

    def commit(self, batch: Batch) -> list[Event]:
        """See Ledger."""
        with self._one_writer:
            appended = self._durably(lambda connection: self._append(connection, batch))
            if appended:
                self._ballast.settle()
            if batch.erase:
                self._scour()
            return appended

    def read(self, stream: str, after: int = 0) -> list[Event]:
        """See Ledger."""
        with self._reading() as connection:
            found = connection.execute(_READ, {"of_stream": stream, "after": after}).mappings()
            return [rows.event_of(row) for row in found]

    def feed(self, after: int = 0, limit: int = 1000) -> list[Event]:
        """See Ledger."""
        table = tables.events
        query = select(table).where(table.c.position > after).order_by(table.c.position).limit(limit)
        with self._reading() as connection:
            return [rows.event_of(row) for row in connection.execute(query).mappings()]

    def head(self, stream: str) -> Head | None:
        """See Ledger."""
        with self._reading() as connection:
            return Standing(connection).head(stream)

    def heads(self, kind: StreamKind, limit: int = 50) -> list[Head]:
        """See Ledger."""
        table = tables.streams
        query = select(table).where(table.c.kind == kind).order_by(table.c.born.desc()).limit(limit)
        with self._reading() as connection:
            return [rows.head_of(row) for row in connection.execute(query).mappings()]

    def find(self, text: str) -> list[str]:
        """See Ledger."""
        wanted = text.lower()
        if not wanted:
            return []
        table = tables.streams
        stream = func.lower(table.c.id)
        starts, ends = stream.startswith(wanted, autoescape=True), stream.endswith(wanted, autoescape=True)
        nearest = case((stream == wanted, 0), (starts, 1), else_=2)
        query = select(table.c.id).where(or_(starts, ends)).order_by(nearest, table.c.born.desc()).limit(10)
        with self._reading() as connection:
            return list(connection.execute(query).scalars())

    def output(self, stream: str, output: str, offset: int = 0) -> Iterator[Chunk]:
        """See Ledger. A few chunks are in memory at a time."""
        table = tables.chunks
        while True:
            query = (
                select(table.c.offset, table.c.length, table.c.recorded, table.c.blob, tables.blobs.c.packed)
                .join(tables.blobs)
                .where(table.c.stream == stream, table.c.output == output, table.c.offset + table.c.length > offset)
                .order_by(table.c.offset)
                .limit(_CHUNKS_AT_ONCE)
            )
            with self._reading() as connection:
                found = connection.execute(query).mappings().all()
            for row in found:
                chunk = rows.chunk_of(row, stream, output)
                yield replace(chunk, offset=offset, data=chunk.data[offset - chunk.offset :])
                offset = chunk.offset + len(chunk.data)
            if len(found) < _CHUNKS_AT_ONCE:
                return

    def outputs(self, stream: str) -> list[Kept]:
        """See Ledger."""
        table = tables.chunks
        query = (
            select(table.c.output, func.sum(table.c.length))
            .where(table.c.stream == stream)
            .group_by(table.c.output)
            .order_by(table.c.output)
        )
        with self._reading() as connection:
            return [Kept(output, length) for output, length in connection.execute(query)]

    def forget(self, streams: Sequence[str], batch: Batch) -> list[Event]:
        """See Ledger."""
        with self._one_writer:
            appended = self._durably(lambda connection: self._forget(connection, streams, batch))
            self._scour()
            return appended

    def acquire(self, stream: str, owner: str) -> Lease:
        """See Ledger."""
        check_claim(stream, owner)
        return self._durably(lambda connection: self._take(connection, stream, owner))

    def holder(self, stream: str) -> str | None:
        """See Ledger. Looks under the write lock, so that it never sees an acquire halfway."""
        with self._writing() as connection:
            given = Standing(connection).lease(stream)
            return given.owner if given and given.owner and self._liveness.taken(stream) else None

    def release(self, lease: Lease) -> None:
        """See Ledger."""
        table = tables.leases
        back = (
            update(table)
            .where(table.c.stream == lease.stream, table.c.epoch == lease.epoch, table.c.owner == lease.owner)
            .values(owner="")
        )
        ours = True
        try:
            ours = bool(self._durably(lambda connection: connection.execute(back).rowcount))
        finally:
            if ours:  # also when the disk is full: whoever comes next takes a new epoch
                self._liveness.drop(lease.stream)

    def close(self) -> None:
        """See Ledger."""
        self._liveness.close()
        self._engine.dispose()

    def _append(self, connection: Connection, batch: Batch) -> list[Event]:
        if self._ballast.owed:
            batch = _with_fact(batch, BallastFreed(self._ballast.owed, "the disk was full"))
        admitted = admit(batch, Standing(connection), now())
        born = {event.stream: event for event in admitted.events if event.seq == 1}
        for head in admitted.heads:
            if head.stream in born:
                connection.execute(_OPEN_STREAM, rows.stream_row(head, born[head.stream]))
            else:
                connection.execute(_MOVE_HEAD, rows.head_row(head) | {"of_stream": head.stream})
        if admitted.events:
            connection.execute(_ADD_EVENTS, [rows.event_row(event) for event in admitted.events])
            connection.execute(_MOVE_POSITION, {"position": admitted.events[-1].position})
        if admitted.chunks:
            add_chunks(connection, admitted.chunks)
        for gone in batch.erase:
            erase(connection, gone)
        return admitted.events

    def _forget(self, connection: Connection, streams: Sequence[str], batch: Batch) -> list[Event]:
        appended = self._append(connection, batch)
        for stream in streams:
            for table in (tables.chunks, tables.events, tables.leases):
                connection.execute(delete(table).where(table.c.stream == stream))
            connection.execute(delete(tables.streams).where(tables.streams.c.id == stream))
        drop_loose_blobs(connection)
        return appended

    def _take(self, connection: Connection, stream: str, owner: str) -> Lease:
        given = Standing(connection).lease(stream)
        if not self._liveness.take(stream):
            raise Held(stream, (given and given.owner) or "another controller")
        lease = Lease(stream, given.epoch + 1 if given else 1, owner)
        values = {"epoch": lease.epoch, "owner": owner}
        try:
            if given:
                connection.execute(_MOVE_LEASE, values | {"of_stream": stream})
            else:
                connection.execute(_GIVE_LEASE, values | {"stream": stream})
            connection.commit()  # here, so that the lock never outlives a transaction that failed
        except BaseException:
            self._liveness.drop(stream)
            raise
        return lease

    def _durably(self, work: Callable[[Connection], T]) -> T:
        """Does the work in one transaction; when the disk is full, once more without the ballast."""

        def once() -> T:
            with self._writing() as connection:
                done = work(connection)
                connection.commit()
                return done

        return self._ballast.spend_on(once)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._one_writer, self._explained(), self._writer.connect() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except SQLAlchemyError as error:
            raise self._explain(error) from error


def _with_fact(batch: Batch, fact: BallastFreed) -> Batch:
    """The batch with one fact more, in the last stream it writes to; unchanged when it writes nothing."""
    written = [chunk.stream for chunk in batch.chunks] + [entry.stream for entry in batch.entries if entry.drafts]
    if not written:
        return batch
    return replace(batch, entries=[*batch.entries, Entry(written[-1], [draft(fact, _ITSELF)])])
