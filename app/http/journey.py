"""WSGI middleware around all else: each request's ids, its time, its log line and its counts, whoever answers it.

It stands outside Flask so that nothing escapes it, and because there the same work costs a third.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from app.http import correlation
from app.http.envelope import ApiError
from app.logs.levels import by_status
from app.logs.lines import correlation as in_force
from app.logs.lines import logger
from app.logs.redaction import Clean, Redactor
from app.metrics import requests as metrics

if TYPE_CHECKING:
    from _typeshed import OptExcInfo
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REFUSAL = "backend.refusal"
"""Where in the environ an error response leaves its ApiError."""


class Journey:
    """Adds `x-correlation-id` to every response; the line and the counts are made when its headers are ready."""

    def __init__(self, application: WSGIApplication, redactor: Redactor) -> None:
        self._application = application
        self._redactor = redactor

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        ids = correlation.ids(environ)
        in_force.set(ids)

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: OptExcInfo | None = None, /
        ) -> Callable[[bytes], object]:
            seconds = time.perf_counter() - started
            code = int(status[:3])
            metrics.observe(environ, code, seconds)
            self._log(environ, code, seconds)
            return start_response(status, [*headers, ("x-correlation-id", ids["correlationId"])], exc_info)

        return self._application(environ, start)

    def _log(self, environ: WSGIEnvironment, status: int, seconds: float) -> None:
        """One line; no query string, no body, the client by its hash."""
        clean = self._redactor.text
        method = clean(environ["REQUEST_METHOD"])
        path = clean(environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"))
        refusal: ApiError | None = environ.get(REFUSAL)
        duration_ms = round(seconds * 1000, 2)
        failed = f" ({refusal.message})" if refusal else ""
        logger().write(
            by_status(status),
            "http_request",
            Clean(f"{method} {path} {status} {duration_ms:.0f}ms{failed}"),
            cat="api",
            code=refusal.code if refusal else None,
            req={
                "method": method,
                "path": path,
                "url": Clean(f"{environ['wsgi.url_scheme']}://{clean(environ.get('HTTP_HOST', ''))}{path}"),
                "status": status,
                "duration": duration_ms,
                "ipHash": self._redactor.address(environ.get("REMOTE_ADDR") or "unix"),
            },
        )
