"""Gives every request an id that its log lines and its response carry; must not trust what the client sent."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, g, request

from app.logs.lines import correlation
from app.logs.redaction import Clean

_WELL_FORMED = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def register(app: Flask) -> None:
    """Read `x-correlation-id` or `x-request-id`, else make one; echo it; put both ids in the log context."""

    @app.before_request
    def begin() -> None:
        g.correlation_id = _sent("X_CORRELATION_ID") or _sent("X_REQUEST_ID") or Clean(uuid.uuid4())
        corr = {"correlationId": g.correlation_id}
        if session := _sent("X_SESSION_ID"):
            corr["sessionId"] = session
        correlation.set(corr)

    @app.after_request
    def echo(response: Response) -> Response:
        response.headers["x-correlation-id"] = g.get("correlation_id", "")
        return response


def _sent(header: str) -> str | None:
    value = request.environ.get(f"HTTP_{header}")
    return value if value and _WELL_FORMED.fullmatch(value) else None
