"""The limiter of the application: shared counters, our headers and envelope, and which doors close without a store."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TypeVar, cast

from flask import Flask, Response, g, request
from flask_limiter import Limiter, RequestLimit
from flask_limiter.errors import RateLimitExceeded
from flask_limiter.util import get_qualified_name
from limits.errors import StorageError

import app.limits.sqlite_storage  # noqa: F401 - registers the sqlite:// scheme with `limits`
from app.configuration.settings import Settings
from app.http.api import endpoint
from app.http.envelope import refusal
from app.http.errors import respond
from app.limits.keys import Keys
from app.logs.lines import logger
from app.metrics.definitions import RATE_LIMITED

View = TypeVar("View", bound=Callable[..., Response])


class Doors(Limiter):
    """Flask-Limiter, except that a lost store closes the doors named in `closing` and no others.

    Sign-in without a counter is an open door for guessing, so it answers 503; a profile read may go on.
    """

    closing: frozenset[str] = frozenset()
    settled: frozenset[str | None] = frozenset()

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if in_middleware and request.endpoint in self.settled:
            return  # its decorators say all; the library would take as long to find that out
        try:
            super()._check_request_limit(callable_name, in_middleware)
        except StorageError as error:
            logger().error(
                "limiter_store_unavailable", "The limiter's store does not answer", cat="limits", err=_named(error)
            )
            g.limits_unknown = True
            if callable_name in self.closing:
                raise refusal(503, headers={"Retry-After": "5"}) from error


class Limits:
    """Decorators for views: one per kind of limit in the contract."""

    def __init__(self, app: Flask, settings: Settings, keys: Keys) -> None:
        self.keys = keys
        self.settings = settings
        self._unlimited: frozenset[str | None] = frozenset()
        self.door = Doors(
            keys.client,
            default_limits=[default_limit(settings)],
            storage_uri=settings.limit_store,
            storage_options=_options(settings.limit_store),
            strategy="fixed-window",
        )
        self.door.init_app(app)
        app.register_error_handler(RateLimitExceeded, self._tripped)
        app.after_request(self._describe)

    def auth(self, scope: str) -> Callable[[View], View]:
        """Per client and per account; closes when the store is gone."""

        def decorate(view: View) -> View:
            self._settle(view)
            self.door.closing |= {get_qualified_name(view)}
            per_client = self.door.shared_limit(self.settings.limit_auth, f"auth.{scope}", key_func=self.keys.client)
            per_account = self.door.shared_limit(self.settings.limit_auth, f"auth.{scope}", key_func=self.keys.account)
            return cast(View, per_client(per_account(view)))

        return decorate

    def per_user(self, limit: str, scope: str) -> Callable[[View], View]:
        """Per signed-in user; goes inside the decorator that verifies the token."""
        return self._shared(limit, scope, self.keys.user)

    def per_client(self, limit: str, scope: str) -> Callable[[View], View]:
        """Per client address."""
        return self._shared(limit, scope, self.keys.client)

    def none(self, view: View) -> View:
        """No limit at all, and no look at the store."""
        self.door.exempt(view)
        self._settle(view)
        self._unlimited |= {endpoint(view)}
        return view

    def _shared(self, limit: str, scope: str, key: Callable[[], str]) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            self._settle(view)
            return cast(View, self.door.shared_limit(limit, scope, key_func=key)(view))

        return decorate

    def _settle(self, view: View) -> None:
        self.door.settled |= {endpoint(view)}

    def _tripped(self, _error: RateLimitExceeded) -> Response:
        breached = self.door.current_limit
        scope = breached.key.rsplit("/", 4)[1] if breached else "unknown"
        seconds = _seconds_left(breached) if breached else 1
        RATE_LIMITED.labels(scope).inc()
        logger().warn(
            "SEC_RATE_LIMIT_TRIPPED",
            "Rate limit exceeded",
            cat="security",
            data={"limit": scope, "client": self.keys.client(), "retryAfter": seconds},
        )
        return respond(refusal(429, beside={"retryAfter": seconds}, headers={"Retry-After": str(seconds)}))

    def _describe(self, response: Response) -> Response:
        """X-RateLimit-* of the limit with the least left. Reset is in seconds from now."""
        if request.endpoint in self._unlimited or g.get("limits_unknown"):
            return response
        try:
            tightest = min(self.door.current_limits, key=lambda limit: limit.remaining, default=None)
            if tightest is not None:
                response.headers["X-RateLimit-Limit"] = str(tightest.limit.amount)
                response.headers["X-RateLimit-Remaining"] = str(tightest.remaining)
                response.headers["X-RateLimit-Reset"] = str(_seconds_left(tightest))
        except StorageError:
            g.limits_unknown = True
        return response


def default_limit(settings: Settings) -> str:
    """The limit of routes that state none, as `limits` writes it."""
    return f"{settings.rate_limit_max_requests} per {math.ceil(settings.rate_limit_window_ms / 1000)} seconds"


def _seconds_left(limit: RequestLimit) -> int:
    return max(1, math.ceil(limit.window.reset_time - time.time()))


def _options(uri: str) -> dict[str, str | int]:
    """Storage faults are wrapped, and a Redis that hangs is a fault after half a second."""
    options: dict[str, str | int] = {"wrap_exceptions": True}
    if uri.startswith("redis"):
        options |= {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}  # type: ignore[dict-item]
    return options


def _named(error: StorageError) -> dict[str, str]:
    cause = error.storage_error
    return {"type": type(cause).__name__, "message": str(cause)}
