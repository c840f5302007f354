"""Applies the switches to each request: the log level in force, and 503 in maintenance; must not set them."""

from __future__ import annotations

from flask import Flask, request

from app.http.envelope import refusal
from app.logs.lines import threshold
from app.operations.switches import Switches

_ALWAYS_OPEN = ("/api/ops/", "/api/health", "/api/metrics", "/api/info")


def register(app: Flask, switches: Switches, level: str) -> None:
    """Look at the switches before every request. Status and operations routes stay open."""

    @app.before_request
    def apply() -> None:
        state = switches.current()
        threshold.level = state.log_level.level if state.log_level else level
        maintenance = state.maintenance
        if maintenance is None or maintenance.mode == "drain":
            return
        path = request.path
        if path in ("/api", "/api/") or path.startswith(_ALWAYS_OPEN):
            return
        raise refusal(503, "The service is in maintenance", headers={"Retry-After": str(maintenance.retry_after_s)})
