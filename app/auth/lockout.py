"""Locks an account's door after five wrong passwords in fifteen minutes; must not know whether it exists."""

from __future__ import annotations

import time
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from app.store.database import Database
from app.store.tables import lockouts

MAX_FAILURES = 5
WINDOW = timedelta(minutes=15)


class Lockout:
    """Counts failures by a hash of the account name, so that unknown names lock like known ones."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seconds_left(self, account: str) -> int:
        """How long the door stays locked; 0 when it is open."""
        with self._database.read() as connection:
            query = select(lockouts.c.locked_until).where(lockouts.c.account == account)
            until = connection.execute(query).scalar() or 0
        return max(0, round(until - time.time()))

    def failed(self, account: str) -> bool:
        """Count one wrong password. True when this one locked the door."""
        now = time.time()
        with self._database.write() as connection:
            connection.execute(delete(lockouts).where(lockouts.c.first_at < now - 2 * WINDOW.total_seconds()))
            row = connection.execute(select(lockouts).where(lockouts.c.account == account).with_for_update()).first()
            if row is None:
                connection.execute(insert(lockouts).values(account=account, failures=1, first_at=now, locked_until=0))
                return False
            over = row.first_at < now - WINDOW.total_seconds()
            failures, first_at = (1, now) if over else (row.failures + 1, row.first_at)
            locks = failures >= MAX_FAILURES
            until = now + WINDOW.total_seconds() if locks else 0
            change = update(lockouts).where(lockouts.c.account == account)
            connection.execute(change.values(failures=failures, first_at=first_at, locked_until=until))
        return locks

    def clear(self, account: str) -> bool:
        """Open the door; True when there was something to forget."""
        with self._database.write() as connection:
            return connection.execute(delete(lockouts).where(lockouts.c.account == account)).rowcount == 1
