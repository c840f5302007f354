"""How every failure of a request becomes the envelope; must not know routes or tokens."""

from __future__ import annotations

import traceback

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.http.envelope import ApiError, envelope, refusal
from app.http.journey import REFUSAL
from app.logs.lines import correlation, logger


def respond(error: ApiError) -> Response:
    """The response of an ApiError, which is left in the environ for the log line."""
    request.environ[REFUSAL] = error
    ids = correlation.get() or {}
    body = envelope(error, ids.get("correlationId", ""))
    return Response(body, error.status, headers=dict(error.headers), mimetype="application/json")


def register(app: Flask) -> None:
    """Turn ApiErrors, HTTP exceptions and anything unforeseen into the envelope."""

    @app.errorhandler(ApiError)
    def refused(error: ApiError) -> Response:
        return respond(error)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        headers = {}
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            headers["Allow"] = ", ".join(sorted(error.valid_methods))
        status = error.code or 500
        return respond(refusal(status, headers=headers)) if status >= 400 else Response(status=status)

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        where = traceback.extract_tb(error.__traceback__)[-8:]
        logger().error(
            "unhandled_exception",
            f"Unhandled {type(error).__name__}",
            cat="api",
            err={
                "type": type(error).__name__,
                "message": str(error),
                "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in where],
            },
            req={"method": request.method, "path": request.path},
        )
        return respond(refusal(500))


def unavailable(app: Flask, causes: tuple[type[Exception], ...]) -> None:
    """Answer 503, not 500, when a part the service needs is gone: it may be back on the next try."""

    def gone(error: Exception) -> Response:
        data = {"type": type(error).__name__, "message": str(error)[:500]}
        logger().error("dependency_unavailable", "A part the service needs does not answer", cat="api", err=data)
        return respond(refusal(503, headers={"Retry-After": "5"}))

    for cause in causes:
        app.register_error_handler(cause, gone)
