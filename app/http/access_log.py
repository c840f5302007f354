"""One line per request, with its status, duration and hashed client; must not read bodies."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from app.logs.levels import by_status
from app.logs.lines import logger
from app.logs.redaction import Clean, Redactor


def register(app: Flask, redactor: Redactor) -> None:
    """Time each request and log it when its response is ready."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def record(response: Response) -> Response:
        environ, status = request.environ, response.status_code
        duration_ms = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 2)
        path = redactor.text(request.path)
        host = redactor.text(environ.get("HTTP_HOST", ""))
        failed = f" ({g.error_message})" if "error_message" in g else ""
        logger().write(
            by_status(status),
            "http_request",
            Clean(f"{request.method} {path} {status} {duration_ms:.0f}ms{failed}"),
            cat="api",
            code=g.get("error_code"),
            req={
                "method": Clean(request.method),
                "path": path,
                "url": Clean(f"{environ['wsgi.url_scheme']}://{host}{path}"),
                "status": status,
                "duration": duration_ms,
                "ipHash": redactor.address(request.remote_addr or "unix"),
            },
        )
        return response
