"""Which schema a ledger has: makes a fresh one, migrates an old one after a backup, refuses a newer one by name."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from incidents.ledger.protocol import LedgerError
from incidents.ledger.tables import OLDEST_WRITER, SCHEMA, metadata

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = text("SELECT version_num, oldest_writer FROM alembic_version, ledger")


def make_ready(engine: Engine, backup: Callable[[str], Path]) -> None:
    """Leaves a ledger that this code may write. `backup` copies it away, given the name of its schema."""
    with engine.connect() as connection:
        found = _version(connection)
    if found is None or found < SCHEMA:
        with engine.execution_options(writes=True).connect() as connection:
            found = _version(connection)
            if found is None:
                create(connection)
            elif found < SCHEMA:  # otherwise another process was faster
                backup(found)
                upgrade(connection)
            connection.commit()


def create(connection: Connection) -> None:
    """Makes every table at once, exactly as all migrations in a row would."""
    metadata.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version ("
            "version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:schema)"), {"schema": SCHEMA})
    connection.execute(
        text("INSERT INTO ledger (id, oldest_writer, position) VALUES (:id, :schema, 0)"),
        {"id": uuid.uuid4().hex, "schema": OLDEST_WRITER},
    )


def upgrade(connection: Connection) -> None:
    """Runs the migrations that are missing, in the caller's transaction."""
    # Imported here, since it takes half a second that only an old ledger should pay.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _version(connection: Connection) -> str | None:
    """The schema's name, None for an empty database. Raises LedgerError for one this code may not write."""
    try:
        row = connection.execute(_VERSION).one_or_none()
    except (OperationalError, ProgrammingError):
        connection.rollback()
        tables = inspect(connection).get_table_names()
        if not tables:
            return None
        if "ledger" in tables:
            raise
        row = None
    if row is None:
        raise LedgerError("This database is no Watchbook ledger.", "Point WATCHBOOK_HOME at another folder.")
    if row.version_num > SCHEMA and row.oldest_writer > SCHEMA:
        raise LedgerError(
            f"This ledger has schema {row.version_num}; this code writes {SCHEMA}, "
            f"and the oldest writer it accepts is {row.oldest_writer}.",
            "Update this checkout: git pull",
        )
    return str(row.version_num)
