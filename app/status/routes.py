"""`/api/`, `/api/info` and `/api/health`: who we are and that we answer; must not touch any store."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify

from app.configuration.settings import Settings
from app.logs.lines import timestamp

VERSION = "1.0.0"


def routes(settings: Settings) -> Blueprint:
    """The blueprint; the clock of `uptime` starts here."""
    blueprint = Blueprint("status", __name__)
    started, started_at = time.monotonic(), datetime.now(UTC).isoformat(timespec="milliseconds")

    @blueprint.get("/api/", strict_slashes=False)
    def root() -> Response:
        return jsonify(status="ok", message="Language Learning API is running", timestamp=timestamp(), version=VERSION)

    @blueprint.get("/api/info")
    def info() -> Response:
        return jsonify(
            name="Language Learning Backend",
            version=VERSION,
            endpoints={
                "trpc": "/api/trpc",
                "health": "/api/",
                "info": "/api/info",
                "ingestLogs": "/api/ingest/logs",
            },
            environment=settings.app_env,
            buildSha=settings.git_commit_sha,
            startedAt=started_at,
            instance=settings.instance_name,
        )

    @blueprint.get("/api/health")
    def health() -> Response:
        return jsonify(
            status="ok",
            timestamp=timestamp(),
            uptime=round(time.monotonic() - started, 3),
            env=settings.app_env,
            pid=os.getpid(),
            version=VERSION,
            buildSha=settings.git_commit_sha,
        )

    return blueprint
