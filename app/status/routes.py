"""`/api/`, `/api/info` and `/api/health`: who we are and that we answer; must not touch any store."""

from __future__ import annotations

import os
import time

from flask import Response

from app.configuration.settings import Settings
from app.http.api import Api
from app.http.rpc import reply
from app.limits.limiter import Limits
from app.logs.lines import timestamp

VERSION = "1.0.0"


def register(api: Api, limits: Limits, settings: Settings) -> None:
    """Add the routes; the clock of `uptime` starts here."""
    started, started_at = time.monotonic(), timestamp()

    @api.get("/api/")
    @limits.none
    def root() -> Response:
        message = "Language Learning API is running"
        return reply({"status": "ok", "message": message, "timestamp": timestamp(), "version": VERSION})

    @api.get("/api/info")
    @limits.none
    def info() -> Response:
        return reply(
            {
                "name": "Language Learning Backend",
                "version": VERSION,
                "endpoints": {
                    "trpc": "/api/trpc",
                    "health": "/api/",
                    "info": "/api/info",
                    "ingestLogs": "/api/ingest/logs",
                },
                "environment": settings.app_env,
                "buildSha": settings.git_commit_sha,
                "startedAt": started_at,
                "instance": settings.instance_name,
            }
        )

    @api.get("/api/health")
    @limits.none
    def health() -> Response:
        return reply(
            {
                "status": "ok",
                "timestamp": timestamp(),
                "uptime": round(time.monotonic() - started, 3),
                "env": settings.app_env,
                "pid": os.getpid(),
                "version": VERSION,
                "buildSha": settings.git_commit_sha,
            }
        )
