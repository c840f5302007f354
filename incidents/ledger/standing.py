"""Where a relational ledger stands now, as its tables say under the write lock; it writes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, select

from incidents.ledger import rows, tables
from incidents.ledger.protocol import Head, Lease

STREAM: BindParameter[str] = bindparam("of_stream")
_HEAD = select(tables.streams).where(tables.streams.c.id == STREAM)
_LEASE = select(tables.leases).where(tables.leases.c.stream == STREAM)
_POSITION = select(tables.ledger.c.position)
_END = (
    select(tables.chunks.c.offset + tables.chunks.c.length)
    .where(tables.chunks.c.stream == STREAM, tables.chunks.c.output == bindparam("of_output"))
    .order_by(tables.chunks.c.offset.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where things stand, as the tables say."""

    connection: Connection

    def head(self, stream: str) -> Head | None:
        """The end of a stream, or None."""
        row = self.connection.execute(_HEAD, {"of_stream": stream}).mappings().one_or_none()
        return rows.head_of(row) if row else None

    def end(self, stream: str, output: str) -> int:
        """How many bytes of an output are kept."""
        end: int | None = self.connection.execute(_END, {"of_stream": stream, "of_output": output}).scalar()
        return end or 0

    def lease(self, stream: str) -> Lease | None:
        """The lease given last."""
        row = self.connection.execute(_LEASE, {"of_stream": stream}).mappings().one_or_none()
        return rows.lease_of(row) if row else None

    def position(self) -> int:
        """The position given last."""
        position: int = self.connection.execute(_POSITION).scalar_one()
        return position
