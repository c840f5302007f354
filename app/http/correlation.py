"""Gives every request an id that its log lines and its response carry; must not trust what the client sent."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

_WELL_FORMED = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def register(app: Flask) -> None:
    """Read `x-correlation-id` or `x-request-id`, else make one; echo it; put both ids in the log context."""

    @app.before_request
    def begin() -> None:
        clear_contextvars()
        g.correlation_id = _sent("x-correlation-id") or _sent("x-request-id") or str(uuid.uuid4())
        corr = {"correlationId": g.correlation_id}
        if session := _sent("x-session-id"):
            corr["sessionId"] = session
        bind_contextvars(corr=corr)

    @app.after_request
    def echo(response: Response) -> Response:
        response.headers["x-correlation-id"] = g.get("correlation_id", "")
        return response


def _sent(header: str) -> str | None:
    value = request.headers.get(header, "")
    return value if _WELL_FORMED.fullmatch(value) else None
