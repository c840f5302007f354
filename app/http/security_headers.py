"""The headers every response carries, whoever made it; must not know routes."""

from __future__ import annotations

from flask import Flask, Response

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-XSS-Protection": "1; mode=block",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_TRANSPORT = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def security_headers(*, production: bool) -> dict[str, str]:
    """The headers by name; HSTS only where TLS is in front."""
    return ALWAYS | _TRANSPORT if production else dict(ALWAYS)


def register(app: Flask, *, production: bool) -> None:
    """Set them on every response of the application."""
    headers = list(security_headers(production=production).items())

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in headers:
            response.headers[name] = value
        return response
