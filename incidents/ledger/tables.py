"""The ledger's tables in generic types, for any database SQLAlchemy speaks; knows no dialect and no rule."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA = "0002"
"""The newest migration: what this code reads and writes."""
OLDEST_WRITER = "0002"
"""The oldest code that may write a ledger of this schema."""

metadata = MetaData(naming_convention={"pk": "pk_%(table_name)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s"})

Position = BigInteger().with_variant(Integer, "sqlite")
Moment = String(27)
"""UTC in the very text that the chain covers; it sorts as it reads."""

ledger = Table(
    "ledger",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("oldest_writer", String(8), nullable=False, doc="the oldest schema whose code may write here"),
    Column("position", Position, nullable=False, doc="given last; its row is the one lock over all streams"),
)

streams = Table(
    "streams",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("born", Position, nullable=False, doc="position of its first event"),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("opened", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    Index("ix_streams_kind_born", "kind", "born"),
)

events = Table(
    "events",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=False),
    Column("stream", String(64), ForeignKey("streams.id", name="fk_events_stream"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("recorded", Moment, nullable=False),
    Column("actor", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("assurance", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("v", Integer, nullable=False),
    Column("run", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("data", Text, doc="canonical JSON, the bytes the digest covers; null once redacted"),
    Column("salt", LargeBinary, nullable=False, doc="goes with the data"),
    Column("digest", String(64), nullable=False),
    Column("prev", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    UniqueConstraint("stream", "seq"),
)

chunks = Table(
    "chunks",
    metadata,
    Column("stream", String(64), ForeignKey("streams.id", name="fk_chunks_stream"), nullable=False),
    Column("output", Text, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", Integer, nullable=False),
    Column("recorded", Moment, doc="null for those of schema 0001"),
    Column("blob", String(64), ForeignKey("blobs.sha256", name="fk_chunks_blob"), nullable=False),
    PrimaryKeyConstraint("stream", "output", "offset"),
    Index("ix_chunks_blob", "blob"),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True, doc="of the bytes before they were compressed"),
    Column("packed", LargeBinary, nullable=False, doc="zlib"),
)

leases = Table(
    "leases",
    metadata,
    Column("stream", String(64), primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("owner", Text, nullable=False, doc="empty once it was given back"),
)
