"""Counts each request for whom the route says, and refuses when that is too many; must not know what a route does."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from flask import Flask, Response
from flask_limiter import Limiter, RequestLimit
from limits.errors import StorageError
from limits.storage import Storage

import app.limits.sqlite_storage  # noqa: F401 - registers the sqlite:// scheme with `limits`
from app.configuration.settings import Settings
from app.http.envelope import refusal
from app.limits.keys import Keys
from app.logs.lines import logger
from app.metrics.definitions import RATE_LIMITED

View = TypeVar("View", bound=Callable[..., Response])


class Limits:
    """Decorators for views over Flask-Limiter, one per kind of limit in the contract. Every route has exactly one.

    A lost store closes sign-in (503), for an uncounted door is open to guessing, and nothing else.
    """

    def __init__(self, app: Flask, settings: Settings, keys: Keys) -> None:
        self.keys = keys
        self.settings = settings
        self._limiter = Limiter(
            keys.client,
            storage_uri=settings.limit_store,
            storage_options=_options(settings.limit_store),
            strategy="fixed-window",
            on_breach=self._tripped,
        )
        self._limiter.init_app(app)
        app.after_request(self._describe)

    @property
    def storage(self) -> Storage:
        """Where the counters are."""
        return self._limiter.storage

    def auth(self, scope: str, account: Callable[[], str]) -> Callable[[View], View]:
        """Per client and per `account`; closes when the store is gone."""
        return self._limit(self.settings.limit_auth, f"auth.{scope}", self.keys.client, account, closes=True)

    def per_user(self, limit: str, scope: str) -> Callable[[View], View]:
        """Per signed-in user; goes inside the decorator that verifies the token."""
        return self._limit(limit, scope, self.keys.user)

    def per_client(self, limit: str, scope: str) -> Callable[[View], View]:
        """Per client address."""
        return self._limit(limit, scope, self.keys.client)

    def default(self, view: View) -> View:
        """The limit of routes that the contract gives none of their own: per client and view."""
        return self.per_client(default_limit(self.settings), view.__name__)(view)

    def none(self, view: View) -> View:
        """No limit at all, and no look at the store."""
        view.limited = False  # type: ignore[attr-defined]
        self._limiter.exempt(view)
        return view

    def _limit(
        self, limit: str, scope: str, *subjects: Callable[[], str], closes: bool = False
    ) -> Callable[[View], View]:
        def decorate(view: View) -> View:
            counted: Callable[..., Response] = view
            for subject in reversed(subjects):
                counted = self._limiter.shared_limit(limit, scope, key_func=subject)(counted)

            @wraps(counted)
            def limited(*args: object, **kwargs: object) -> Response:
                try:
                    return counted(*args, **kwargs)
                except StorageError as error:  # of the count: no limited view looks into the store
                    _complain(error)
                    if closes:
                        raise refusal(503, headers={"Retry-After": "5"}) from error
                    return view(*args, **kwargs)

            limited.limited = True  # type: ignore[attr-defined]
            return limited  # type: ignore[return-value]

        return decorate

    def _tripped(self, breached: RequestLimit) -> None:
        """Answers in our envelope, where Flask-Limiter has a page of its own."""
        subject, scope = breached.request_args
        seconds = _seconds_left(breached)
        RATE_LIMITED.labels(scope).inc()
        data = {"limit": scope, "subject": subject, "client": self.keys.client(), "retryAfter": seconds}
        logger().warn("SEC_RATE_LIMIT_TRIPPED", "Rate limit exceeded", cat="security", data=data)
        raise refusal(429, beside={"retryAfter": seconds}, headers={"Retry-After": str(seconds)})

    def _describe(self, response: Response) -> Response:
        """X-RateLimit-* of the limit with the least left. Reset is in seconds from now, the extension's an epoch."""
        try:
            tightest = min(self._limiter.current_limits, key=lambda limit: limit.remaining, default=None)
            if tightest is not None:
                response.headers["X-RateLimit-Limit"] = str(tightest.limit.amount)
                response.headers["X-RateLimit-Remaining"] = str(tightest.remaining)
                response.headers["X-RateLimit-Reset"] = str(_seconds_left(tightest))
        except StorageError as error:
            _complain(error)
        return response


def default_limit(settings: Settings) -> str:
    """The limit of routes that state none, as `limits` writes it."""
    return f"{settings.rate_limit_max_requests} per {math.ceil(settings.rate_limit_window_ms / 1000)} seconds"


def _seconds_left(limit: RequestLimit) -> int:
    return max(1, math.ceil(limit.window.reset_time - time.time()))


def _options(uri: str) -> dict[str, str | int]:
    """Its faults come as StorageError, and a Redis that hangs is a fault after half a second."""
    options: dict[str, str | int] = {"wrap_exceptions": True}
    if uri.startswith("redis"):
        options |= {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}  # type: ignore[dict-item]
    return options


def _complain(error: StorageError) -> None:
    cause = error.storage_error
    err = {"type": type(cause).__name__, "message": str(cause)}
    logger().error("limiter_store_unavailable", "The limiter's store does not answer", cat="limits", err=err)
