"""Remembers signatures for as long as they could be accepted again; must not know what was signed."""

from __future__ import annotations

import hashlib
import time

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError

from app.ingest.signature import MAX_SKEW
from app.store.database import Database
from app.store.tables import batches


class Seen:
    """Shared by all workers: of two that get the same batch at once, one takes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, message: bytes) -> bool:
        """Remember a signed text. False when it was claimed before."""
        now = time.time()
        try:
            with self._database.write() as connection:
                connection.execute(delete(batches).where(batches.c.expires_at < now))
                expires_at = now + 2 * MAX_SKEW.total_seconds()
                connection.execute(insert(batches).values(digest=_digest(message), expires_at=expires_at))
        except IntegrityError:
            return False
        return True

    def release(self, message: bytes) -> None:
        """Forget a claim whose batch could not be kept, so that the client may send it again."""
        with self._database.write() as connection:
            connection.execute(delete(batches).where(batches.c.digest == _digest(message)))


def _digest(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()
