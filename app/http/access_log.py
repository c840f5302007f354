"""One line per request, with its status, duration and hashed client; must not read bodies."""

from __future__ import annotations

import time

from flask import Flask, Response, g, request

from app.logs.levels import by_status
from app.logs.lines import logger
from app.logs.redaction import Redactor


def register(app: Flask, redactor: Redactor) -> None:
    """Time each request and log it when its response is ready."""

    @app.before_request
    def start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def record(response: Response) -> Response:
        duration_ms = round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 2)
        failed = f" ({g.error_message})" if "error_message" in g else ""
        logger().write(
            by_status(response.status_code),
            "http_request",
            f"{request.method} {request.path} {response.status_code} {duration_ms:.0f}ms{failed}",
            cat="api",
            code=g.get("error_code"),
            req={
                "method": request.method,
                "path": request.path,
                "url": request.base_url,
                "status": response.status_code,
                "duration": duration_ms,
                "ipHash": redactor.address(request.remote_addr or "unix"),
            },
        )
        return response
