"""Bytes of outputs move into blobs, compressed and named by their hash; chunks say when they came."""

from __future__ import annotations

import hashlib
import zlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From chunks that hold their bytes."""
    blobs = op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )
    op.add_column("chunks", sa.Column("recorded", sa.String(27)))
    op.add_column("chunks", sa.Column("blob", sa.String(64)))
    _move(op.get_bind(), blobs)
    with op.batch_alter_table("chunks") as chunks:
        chunks.drop_column("data")
        chunks.alter_column("blob", existing_type=sa.String(64), nullable=False)
        chunks.create_foreign_key("fk_chunks_blob", "blobs", ["blob"], ["sha256"])
        chunks.create_index("ix_chunks_blob", ["blob"])
    op.execute("UPDATE ledger SET oldest_writer = '0002'")


def _move(connection: sa.Connection, blobs: sa.Table) -> None:
    """One chunk at a time: a ledger may hold more than fits in memory."""
    chunks = sa.table("chunks", *map(sa.column, ("stream", "output", "offset", "data", "blob")))
    key = (chunks.c.stream, chunks.c.output, chunks.c.offset)
    names = connection.execute(sa.select(*key)).all()
    known: set[str] = set()
    for stream, output, offset in names:
        this = (chunks.c.stream == stream, chunks.c.output == output, chunks.c.offset == offset)
        data = connection.execute(sa.select(chunks.c.data).where(*this)).scalar_one()
        name = hashlib.sha256(data).hexdigest()
        if name not in known:
            connection.execute(blobs.insert(), {"sha256": name, "packed": zlib.compress(data, level=1)})
            known.add(name)
        connection.execute(chunks.update().where(*this).values(blob=name))
