"""Sessions: one per sign-in, three at most per account, each revocable at once; must not know tokens' format."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, exists, insert, select, update

from app.auth.accounts import Account, account_of
from app.store.database import Database
from app.store.tables import revoked_keys, sessions, users

LIFETIME = timedelta(days=7)
MAX_PER_ACCOUNT = 3


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in. Times are seconds since the epoch."""

    id: str
    user_id: str
    user_agent: str
    created_at: float
    refreshed_at: float
    expires_at: float


# Built once, and one query for all that a signed-in request must know: it runs at every one.
_HOLDER = (
    select(users)
    .join(sessions, sessions.c.user_id == users.c.id)
    .where(
        sessions.c.id == bindparam("session"),
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > bindparam("now"),
        ~exists().where(revoked_keys.c.fingerprint == bindparam("key")),
    )
)


class Sessions:
    """Every token names its session; a token whose session is not active is worth nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def start(self, user_id: str, refresh_jti: str, user_agent: str) -> Session:
        """A new session; the oldest beyond MAX_PER_ACCOUNT are revoked in the same transaction."""
        now = time.time()
        session = Session(str(uuid.uuid4()), user_id, user_agent[:200], now, now, now + LIFETIME.total_seconds())
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at < now))
            connection.execute(
                insert(sessions).values(
                    id=session.id,
                    user_id=user_id,
                    refresh_jti=refresh_jti,
                    user_agent=session.user_agent,
                    created_at=now,
                    refreshed_at=now,
                    expires_at=session.expires_at,
                )
            )
            of_user = select(sessions.c.id).where(sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None))
            newest = of_user.order_by(sessions.c.created_at.desc(), sessions.c.id)
            surplus = [row.id for row in connection.execute(newest)][MAX_PER_ACCOUNT:]
            if surplus:
                connection.execute(update(sessions).where(sessions.c.id.in_(surplus)).values(revoked_at=now))
        return session

    def holder(self, session_id: str, key_id: str) -> Account | None:
        """Whose session it is; None when it ended, or the key that signed its token was given up."""
        with self._database.read() as connection:
            found = connection.execute(_HOLDER, {"session": session_id, "key": key_id, "now": time.time()})
            return account_of(found.first())

    def renew(self, session_id: str, spent_jti: str, fresh_jti: str) -> bool:
        """Exchange the refresh token. False when it was spent before: then somebody else holds a copy."""
        now = time.time()
        spend = update(sessions).where(
            sessions.c.id == session_id, sessions.c.refresh_jti == spent_jti, sessions.c.revoked_at.is_(None)
        )
        with self._database.write() as connection:
            changed = connection.execute(
                spend.values(refresh_jti=fresh_jti, refreshed_at=now, expires_at=now + LIFETIME.total_seconds())
            )
        return changed.rowcount == 1

    def of(self, user_id: str) -> list[Session]:
        """The live sessions of an account, newest first."""
        query = select(sessions).where(
            sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None), sessions.c.expires_at > time.time()
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(sessions.c.created_at.desc())).all()
        return [Session(r.id, r.user_id, r.user_agent, r.created_at, r.refreshed_at, r.expires_at) for r in rows]

    def revoke(self, session_id: str, *, user_id: str | None = None) -> bool:
        """End one session (of this account only, when given). False when there was none to end."""
        query = update(sessions).where(sessions.c.id == session_id, sessions.c.revoked_at.is_(None))
        if user_id is not None:
            query = query.where(sessions.c.user_id == user_id)
        with self._database.write() as connection:
            return connection.execute(query.values(revoked_at=time.time())).rowcount == 1

    def revoke_all(self, *, user_id: str | None = None, except_id: str | None = None) -> int:
        """End every session, or every one of an account; how many ended."""
        query = update(sessions).where(sessions.c.revoked_at.is_(None))
        if user_id is not None:
            query = query.where(sessions.c.user_id == user_id)
        if except_id is not None:
            query = query.where(sessions.c.id != except_id)
        with self._database.write() as connection:
            return connection.execute(query.values(revoked_at=time.time())).rowcount
