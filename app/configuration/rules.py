"""Rules over several settings at once; must not read files or the environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.configuration.faults import Fault
from app.configuration.secrets import weakness
from app.configuration.settings import Settings

# A refresh token lives 7 days: longer than that nothing signed with the old key is still valid.
MAX_PREVIOUS = timedelta(days=7, hours=1)
_GENERATE = "Write a new one with: python -m app.configuration rotate planned PATH"


def broken(settings: Settings) -> Iterator[Fault]:
    """Every rule that `settings` break, in the order an operator would mend them."""
    yield from _signing(settings)
    yield from _previous(settings)
    yield from _other_secrets(settings)
    yield from _exposure(settings)
    yield from _places(settings)


def warnings(settings: Settings) -> Iterator[str]:
    """What is allowed but should be seen."""
    known = weakness(settings.jwt_secret.get_secret_value(), development=False) is not None
    if known and settings.host in ("0.0.0.0", "::"):  # noqa: S104 - named to warn about it
        yield "HOST listens on every address while JWT_SECRET is a development secret"


def _signing(settings: Settings) -> Iterator[Fault]:
    secret = settings.jwt_secret.get_secret_value()
    if not secret:
        yield Fault("JWT_SECRET", "is not set", "Make an env file with: python -m app.configuration init PATH")
    elif why := weakness(secret, development=not settings.production):
        yield Fault("JWT_SECRET", why, _GENERATE)


def _previous(settings: Settings) -> Iterator[Fault]:
    previous = settings.jwt_secret_previous.get_secret_value()
    until = settings.jwt_secret_previous_until
    if not previous:
        return
    if previous == settings.jwt_secret.get_secret_value():
        yield Fault("JWT_SECRET_PREVIOUS", "is the same as JWT_SECRET", "Remove it, or rotate JWT_SECRET")
    if why := weakness(previous, development=not settings.production):
        yield Fault("JWT_SECRET_PREVIOUS", why, "Remove it: a weak key must not verify tokens")
    if until is None:
        yield Fault("JWT_SECRET_PREVIOUS_UNTIL", "is not set", "Set the time the old key ends, at most 7 days ahead")
    elif until > datetime.now(UTC) + MAX_PREVIOUS:
        yield Fault("JWT_SECRET_PREVIOUS_UNTIL", "is more than 7 days ahead", "No token lives longer; bring it nearer")


def _other_secrets(settings: Settings) -> Iterator[Fault]:
    lenient = not settings.production
    for name, values in {
        "LOG_SIGNING_KEY": settings.signing_keys,
        "LOG_SALT": (settings.log_salt.get_secret_value(),),
        "OPERATIONS_TOKEN": (settings.operations_token.get_secret_value(),),
    }.items():
        for value in filter(None, values):
            if why := weakness(value, development=lenient):
                yield Fault(name, why, "Write a new one with: openssl rand -base64 48, straight into the file")
            if value == settings.jwt_secret.get_secret_value():
                yield Fault(name, "is the same as JWT_SECRET", "Give every purpose a secret of its own")
    if settings.production:
        needed = {"LOG_SIGNING_KEY": settings.log_signing_key, "LOG_SALT": settings.log_salt}
        for name, secret in needed.items():
            if not secret.get_secret_value():
                yield Fault(name, "is not set", "It is required in production; init writes one")


def _exposure(settings: Settings) -> Iterator[Fault]:
    if settings.production and "*" in settings.cors_origin:
        yield Fault("CORS_ORIGIN", "is * in production", "List the origins, such as https://linguamate.app")
    if settings.trusted_proxy_count and not settings.trusted_proxies:
        yield Fault(
            "TRUSTED_PROXIES", "is empty while TRUSTED_PROXY_COUNT is set", "Name the proxies, such as 127.0.0.1"
        )
    scheme = settings.limit_store.partition("://")[0]
    if scheme not in ("sqlite", "redis", "rediss", "redis+unix", "memory"):
        yield Fault(
            "RATELIMIT_STORAGE_URI", f"has the unknown scheme {scheme!r}", "Use redis://, redis+unix:// or sqlite:///"
        )
    elif scheme == "memory" and (settings.production or settings.workers > 1):
        yield Fault(
            "RATELIMIT_STORAGE_URI",
            "counts in the memory of one process, but there are several or this is production",
            "Leave it unset (SQLite on this machine) or name a Redis",
        )
    dialect = settings.database.partition("://")[0]
    if dialect not in ("sqlite", "postgresql+psycopg"):
        yield Fault("DATABASE_URL", f"has the unknown dialect {dialect!r}", "Use sqlite:///… or postgresql+psycopg://…")


def _places(settings: Settings) -> Iterator[Fault]:
    for name, place in {
        "DATA_DIR": settings.data_dir,
        "LOG_DIR": settings.log_dir,
        "PIDFILE": settings.pidfile_path.parent,
    }.items():
        existing = _nearest(place)
        if not existing.is_dir():
            yield Fault(name, f"{existing} is not a folder", "Name another folder")
        elif not os.access(existing, os.W_OK | os.X_OK):
            yield Fault(name, f"{existing} is not writable by this user", "Change its owner, or name another folder")


def _nearest(path: Path) -> Path:
    """The path itself or its nearest ancestor that exists."""
    path = path.absolute()
    while not path.exists():
        path = path.parent
    return path
