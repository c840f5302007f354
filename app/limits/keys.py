"""Who a hit is counted for: a client, an account, a user; must not keep an address or a name readable."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_jwt_extended import get_jwt_identity

from app.http.body import peek
from app.logs.redaction import Redactor


@dataclass(frozen=True, slots=True)
class Keys:
    """Counter keys. Addresses and accounts are salted hashes, the same ones the log lines show."""

    redactor: Redactor

    def of_address(self, address: str) -> str:
        return f"ip:{self.redactor.address(address)}"

    def of_account(self, email: str) -> str:
        return f"account:{self.redactor.address(email.strip().lower())}"

    def client(self) -> str:
        """The client of this request, as the trusted proxies name it."""
        return self.of_address(request.remote_addr or "unix")

    def account(self) -> str:
        """The account this request tries to open."""
        email = peek("email")
        return self.of_account(email) if email else f"nobody:{self.client()}"

    def user(self) -> str:
        """The signed-in user of this request."""
        return f"user:{get_jwt_identity()}"
