"""Counts and times every request by its route's pattern; must not use paths, which have no end."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from app.metrics.definitions import DURATION, REQUESTS

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def register(app: Flask) -> None:
    """Observe each response."""

    @app.after_request
    def observe(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unmatched"
        method = request.method if request.method in _METHODS else "OTHER"
        REQUESTS.labels(route, method, str(response.status_code)).inc()
        DURATION.labels(route).observe(time.perf_counter() - g.get("started", time.perf_counter()))
        return response
