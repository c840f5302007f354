"""Counts and times every request by its route's pattern; must not use paths, which have no end."""

from __future__ import annotations

import time
from functools import cache

from flask import Flask, Response, g, request
from prometheus_client import Counter, Histogram

from app.metrics.definitions import DURATION, REQUESTS

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@cache
def _requests(route: str, method: str, status: int) -> Counter:
    """The child of one label set: looking it up anew costs more than counting."""
    return REQUESTS.labels(route, method, str(status))


@cache
def _duration(route: str) -> Histogram:
    return DURATION.labels(route)


def register(app: Flask) -> None:
    """Observe each response."""

    @app.after_request
    def observe(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unmatched"
        method = request.method if request.method in _METHODS else "OTHER"
        _requests(route, method, response.status_code).inc()
        _duration(route).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        return response
