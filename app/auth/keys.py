"""The keys that sign and verify tokens, by their ids, and those given up for good; must not know tokens."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import exists, insert, select
from sqlalchemy.exc import IntegrityError

from app.configuration.secrets import fingerprint
from app.configuration.settings import Settings
from app.store.database import Database
from app.store.tables import revoked_keys


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key; its id (`kid`) is the fingerprint of the secret. `until` None: no end."""

    id: str
    secret: str
    until: datetime | None

    def __repr__(self) -> str:
        return f"Key({self.id})"


class Keyring:
    """One key signs; that one and, until its end, the previous one verify."""

    def __init__(self, settings: Settings) -> None:
        current = settings.jwt_secret.get_secret_value()
        previous = settings.jwt_secret_previous.get_secret_value()
        self.signing = Key(fingerprint(current), current, None)
        self.all = [self.signing]
        if previous:
            self.all.append(Key(fingerprint(previous), previous, settings.jwt_secret_previous_until))

    def of_token(self, key_id: object) -> Key:
        """The key that must have signed a token with this `kid`; the signing one if none of that id is in force."""
        now = datetime.now(UTC)
        in_force = (key for key in self.all if key.until is None or now < key.until)
        return next((key for key in in_force if key.id == key_id), self.signing)


class RevokedKeys:
    """Fingerprints of keys that verify nothing any more, whatever the env file says; shared by all workers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def revoke(self, key_fingerprint: str) -> None:
        """Give a key up, at once and for good."""
        with suppress(IntegrityError), self._database.write() as connection:
            connection.execute(insert(revoked_keys).values(fingerprint=key_fingerprint, revoked_at=time.time()))

    def holds(self, key_fingerprint: str) -> bool:
        """Whether a key was given up."""
        query = select(exists().where(revoked_keys.c.fingerprint == key_fingerprint))
        with self._database.read() as connection:
            return bool(connection.execute(query).scalar())
