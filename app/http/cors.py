"""Tells browsers which origins may read our answers; must not refuse anybody else."""

from __future__ import annotations

from flask import Flask, Response, request

_METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
_HEADERS = "Content-Type, Authorization, x-correlation-id, x-session-id"
_EXPOSED = "x-correlation-id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After"


def register(app: Flask, origins: tuple[str, ...], *, private: str) -> None:
    """Echo an allowed origin, never `*`; paths under `private` get no CORS headers at all."""
    anyone = origins == ("*",)

    @app.before_request
    def preflight() -> Response | None:
        environ = request.environ
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            return Response(status=204)
        return None

    @app.after_request
    def allow(response: Response) -> Response:
        response.headers.add("Vary", "Origin")
        origin = request.environ.get("HTTP_ORIGIN")
        if origin is None or request.path.startswith(private) or not (anyone or origin in origins):
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Credentials"] = "true"
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = _METHODS
            response.headers["Access-Control-Allow-Headers"] = _HEADERS
            response.headers["Access-Control-Max-Age"] = "600"
        return response
