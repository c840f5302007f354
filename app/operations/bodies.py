"""The request bodies of operations; must not know what is done with them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from app.configuration.settings import LogLevel
from app.http.body import Body

Seconds = Annotated[int, Field(ge=1, le=7 * 86_400)]


class TokenBody(Body):
    """A token to look at; it is not stored and not logged."""

    token: Annotated[str, Field(min_length=1, max_length=8192)]


class SubjectBody(Body):
    """Whose counters to forget: `ip:ADDRESS`, `account:E-MAIL` or `user:ID`, or the hash the log shows."""

    subject: Annotated[str, Field(max_length=300, pattern=r"^(ip|account|user|nobody):.+$")]


class LevelBody(Body):
    """A log level, for good or for some seconds; null goes back to the configured one."""

    level: LogLevel | None
    forSeconds: Seconds | None = None  # noqa: N815 - the wire's spelling


class MaintenanceBody(Body):
    """In or out of service."""

    enabled: bool
    mode: Literal["maintenance", "drain"] = "maintenance"
    reason: Annotated[str, Field(max_length=200)] = ""
    retryAfter: Seconds = 120  # noqa: N815
    forSeconds: Seconds | None = None  # noqa: N815


class RevokeSessionsBody(Body):
    """Exactly one of: every session, those of an account, one session."""

    all: Literal[True] | None = None
    account: Annotated[str, Field(max_length=254)] | None = None
    session: Annotated[str, Field(max_length=64)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(given is not None for given in (self.all, self.account, self.session)) != 1:
            raise ValueError("give exactly one of all, account, session")
        return self


class RevokeKeyBody(Body):
    """A key by its fingerprint, as the configuration shows it."""

    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]
