"""Runs migrations on the connection they are given, in its transaction; knows no URL and no settings file."""

from __future__ import annotations

from alembic import context

from incidents.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
