"""The accounts in the database; must not know tokens or requests."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.store.database import Database
from app.store.tables import users


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account."""

    id: str
    email: str
    password_hash: str
    display_name: str
    created_at: float


class EmailTaken(Exception):
    """There is an account with this address."""


class Accounts:
    """Finds, adds and changes accounts. E-mail addresses are compared in lower case."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, email: str, password_hash: str, display_name: str) -> Account:
        """A new account, committed. Raises EmailTaken."""
        account = Account(str(uuid.uuid4()), email.lower(), password_hash, display_name, time.time())
        try:
            with self._database.write() as connection:
                connection.execute(
                    insert(users).values(
                        id=account.id,
                        email=account.email,
                        password_hash=password_hash,
                        display_name=display_name,
                        created_at=account.created_at,
                    )
                )
        except IntegrityError:
            raise EmailTaken from None
        return account

    def by_email(self, email: str) -> Account | None:
        """The account of an address."""
        with self._database.read() as connection:
            return account_of(connection.execute(select(users).where(users.c.email == email.lower())).first())

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Replace the password."""
        with self._database.write() as connection:
            connection.execute(update(users).where(users.c.id == account_id).values(password_hash=password_hash))

    def set_display_name(self, account_id: str, display_name: str) -> None:
        """Replace the name shown to others."""
        with self._database.write() as connection:
            connection.execute(update(users).where(users.c.id == account_id).values(display_name=display_name))


def account_of(row: Row[tuple[str, str, str, str, float]] | None) -> Account | None:
    """The account in a row of `users`."""
    return Account(row.id, row.email, row.password_hash, row.display_name, row.created_at) if row else None
