"""Counts and times every request by its route's pattern; must not use paths, which have no end."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from prometheus_client import Counter, Histogram

from app.metrics.definitions import DURATION, REQUESTS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def observe(environ: WSGIEnvironment, status: int, seconds: float) -> None:
    """One request was answered. Werkzeug leaves its request, and so the route, in the environ."""
    request = environ.get("werkzeug.request")
    rule = request.url_rule if request is not None else None
    method = environ["REQUEST_METHOD"]
    route = rule.rule if rule is not None else "unmatched"
    _requests(route, method if method in _METHODS else "OTHER", status).inc()
    _duration(route).observe(seconds)


# The children of label sets, which are few: looking one up anew costs more than counting.
@cache
def _requests(route: str, method: str, status: int) -> Counter:
    return REQUESTS.labels(route, method, str(status))


@cache
def _duration(route: str) -> Histogram:
    return DURATION.labels(route)
