"""`/api/health/live|ready|detailed`, for whoever supervises us; must not touch the limiter on the way in."""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import Response

from app.configuration.settings import Settings
from app.http.api import Api
from app.http.rpc import reply
from app.limits.limiter import Limits
from app.logs.lines import timestamp
from app.operations.access import Access
from app.operations.switches import Switches
from app.status.checks import Check, overall
from app.status.routes import VERSION


def register(
    api: Api,
    access: Access,
    limits: Limits,
    settings: Settings,
    switches: Switches,
    store_answers: Callable[[], bool],
    checks: list[Check],
) -> None:
    """Add the routes; `checks` are run for the detailed answer only."""
    started = time.monotonic()

    @api.get("/api/health/live")
    @limits.none
    @access
    def live() -> Response:
        return reply({"status": "alive"})

    @api.get("/api/health/ready")
    @limits.none
    @access
    def ready() -> Response:
        out = switches.current().maintenance
        why = out.mode if out else None if store_answers() else "database"
        return reply({"status": "not ready", "reason": why}, 503) if why else reply({"status": "ready"})

    @api.get("/api/health/detailed")
    @limits.none
    @access
    def detailed() -> Response:
        findings = [check() for check in checks]
        grade = overall(findings)
        body = {
            "status": grade,
            "timestamp": timestamp(),
            "uptime": round(time.monotonic() - started, 3),
            "env": settings.app_env,
            "version": VERSION,
            "checks": {f.name: {"status": f.grade, "detail": f.detail, "critical": f.critical} for f in findings},
        }
        return reply(body, 503 if grade == "unhealthy" else 200)
