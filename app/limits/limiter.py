"""Counts each request for whom the route says, and refuses when that is too many; must not know what a route does."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar

from flask import Flask, Response, g
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

import app.limits.sqlite_storage  # noqa: F401 - registers the sqlite:// scheme with `limits`
from app.configuration.settings import Settings
from app.http.envelope import ApiError, refusal
from app.limits.keys import Keys
from app.logs.lines import logger
from app.metrics.definitions import RATE_LIMITED

View = TypeVar("View", bound=Callable[..., Response])


@dataclass(frozen=True, slots=True)
class Window:
    """What is left of one limit for one subject; `seconds` until it is whole again."""

    amount: int
    remaining: int
    seconds: int


class Limits:
    """Decorators for views, one per kind of limit in the contract. Every route has exactly one of them.

    A lost store closes sign-in (503), for an uncounted door is open to guessing, and nothing else.
    """

    def __init__(self, app: Flask, settings: Settings, keys: Keys) -> None:
        self.keys = keys
        self.settings = settings
        self.storage: Storage = _storage(settings.limit_store)
        self._strategy = FixedWindowRateLimiter(self.storage)
        app.after_request(_describe)

    def auth(self, scope: str) -> Callable[[View], View]:
        """Per client and per account; closes when the store is gone."""
        subjects = (self.keys.client, self.keys.account)
        return self._limit(self.settings.limit_auth, f"auth.{scope}", *subjects, closes=True)

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
        return view

    def _limit(
        self, limit: str, scope: str, *subjects: Callable[[], str], closes: bool = False
    ) -> Callable[[View], View]:
        item = parse(limit)

        def decorate(view: View) -> View:
            @wraps(view)
            def counted(*args: object, **kwargs: object) -> Response:
                try:
                    for subject in subjects:
                        self._count(item, subject(), scope)
                except StorageError as error:
                    _complain(error)
                    if closes:
                        raise refusal(503, headers={"Retry-After": "5"}) from error
                return view(*args, **kwargs)

            counted.limited = True  # type: ignore[attr-defined]
            return counted  # type: ignore[return-value]

        return decorate

    def _count(self, item: RateLimitItem, subject: str, scope: str) -> None:
        """One hit. Raises the 429 when it is one too many."""
        within = self._strategy.hit(item, subject, scope)
        stats = self._strategy.get_window_stats(item, subject, scope)
        window = Window(item.amount, stats.remaining, max(1, math.ceil(stats.reset_time - time.time())))
        tightest: Window | None = g.get("window")
        if tightest is None or window.remaining < tightest.remaining or not within:
            g.window = window
        if not within:
            raise self._tripped(subject, scope, window)

    def _tripped(self, subject: str, scope: str, window: Window) -> ApiError:
        RATE_LIMITED.labels(scope).inc()
        data = {"limit": scope, "subject": subject, "client": self.keys.client(), "retryAfter": window.seconds}
        logger().warn("SEC_RATE_LIMIT_TRIPPED", "Rate limit exceeded", cat="security", data=data)
        return refusal(429, beside={"retryAfter": window.seconds}, headers={"Retry-After": str(window.seconds)})


def default_limit(settings: Settings) -> str:
    """The limit of routes that state none, as `limits` writes it."""
    return f"{settings.rate_limit_max_requests} per {math.ceil(settings.rate_limit_window_ms / 1000)} seconds"


def _describe(response: Response) -> Response:
    """X-RateLimit-* of the limit with the least left. Reset is in seconds from now."""
    window: Window | None = g.get("window")
    if window is not None:
        response.headers["X-RateLimit-Limit"] = str(window.amount)
        response.headers["X-RateLimit-Remaining"] = str(window.remaining)
        response.headers["X-RateLimit-Reset"] = str(window.seconds)
    return response


def _storage(uri: str) -> Storage:
    """Its faults come as StorageError, and a Redis that hangs is a fault after half a second."""
    timeouts = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5} if uri.startswith("redis") else {}
    storage = storage_from_string(uri, wrap_exceptions=True, **timeouts)
    if not isinstance(storage, Storage):
        raise TypeError(f"{type(storage).__name__} is not for threads")
    return storage


def _complain(error: StorageError) -> None:
    cause = error.storage_error
    err = {"type": type(cause).__name__, "message": str(cause)}
    logger().error("limiter_store_unavailable", "The limiter's store does not answer", cat="limits", err=err)
