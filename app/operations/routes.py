"""`/api/ops/*` and `/api/metrics`: each act is logged with who asked and what; must not be open to the world."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import asdict, dataclass

from flask import Response, request
from limits.errors import StorageError

from app.auth.accounts import Accounts
from app.auth.keys import Keyring, RevokedKeys
from app.auth.lockout import Lockout
from app.auth.sessions import Sessions
from app.configuration.load import Loaded
from app.http.api import Api
from app.http.body import accepts
from app.http.envelope import refusal
from app.http.rpc import reply
from app.limits.counters import Counters
from app.limits.limiter import Limits, default_limit
from app.logs.lines import logger, threshold
from app.logs.output import Output
from app.metrics.definitions import LOG_QUEUE
from app.metrics.exposition import exposition
from app.operations.access import Access
from app.operations.bodies import (
    LevelBody,
    MaintenanceBody,
    RevokeKeyBody,
    RevokeSessionsBody,
    SubjectBody,
    TokenBody,
)
from app.operations.fingerprint import describe, masked
from app.operations.switches import LevelOverride, Maintenance, Switches
from app.operations.token_report import report


@dataclass(frozen=True, slots=True)
class Operated:
    """The parts that operators look into or act on."""

    loaded: Loaded
    output: Output
    switches: Switches
    counters: Counters
    accounts: Accounts
    sessions: Sessions
    keys: Keyring
    revoked: RevokedKeys
    lockout: Lockout


def register(api: Api, access: Access, limits: Limits, parts: Operated) -> None:
    """Add the routes: guarded, and without limits, so that no lost store shuts operators out."""
    _observe(api, access, limits, parts)
    _steer(api, access, limits, parts)
    _revoke(api, access, limits, parts)


def _observe(api: Api, access: Access, limits: Limits, parts: Operated) -> None:
    settings = parts.loaded.settings

    @api.get("/api/metrics")
    @limits.none
    @access
    def metrics() -> Response:
        LOG_QUEUE.set(parts.output.waiting)
        body, content_type = exposition()
        return Response(body, content_type=content_type)

    @api.get("/api/ops/config")
    @limits.none
    @access
    def config() -> Response:
        return reply(describe(parts.loaded))

    @api.post("/api/ops/verify-token")
    @limits.none
    @access
    @accepts(TokenBody)
    def verify_token(body: TokenBody) -> Response:
        return reply(report(body.token, parts.keys, parts.sessions))

    @api.get("/api/ops/limits")
    @limits.none
    @access
    def show_limits() -> Response:
        try:
            counters = [asdict(counter) for counter in parts.counters.live()]
        except StorageError as error:
            raise refusal(503, "The limiter's store does not answer") from error
        effective = {
            "default": default_limit(settings),
            "auth": settings.limit_auth,
            "user": settings.limit_user,
            "chat": settings.limit_chat,
            "analytics": settings.limit_analytics,
            "sensitive": settings.limit_sensitive,
        }
        return reply({"limits": effective, "store": masked(settings.limit_store), "counters": counters})


def _steer(api: Api, access: Access, limits: Limits, parts: Operated) -> None:
    configured = parts.loaded.settings.log_level

    @api.post("/api/ops/limits/clear")
    @limits.none
    @access
    @accepts(SubjectBody)
    def clear_limits(body: SubjectBody) -> Response:
        kind, _, name = body.subject.partition(":")
        if kind == "account" and "@" in name:
            subject = limits.keys.of_account(name)
        elif kind == "ip" and ("." in name or ":" in name):
            subject = limits.keys.of_address(name)
        else:
            subject = body.subject
        try:
            cleared = parts.counters.clear(subject)
        except StorageError as error:
            raise refusal(503, "The limiter's store does not answer") from error
        unlocked = kind == "account" and parts.lockout.clear(subject)
        _audit("limits_cleared", subject=subject, cleared=cleared, unlocked=unlocked)
        return reply({"subject": subject, "cleared": cleared, "unlocked": unlocked})

    @api.get("/api/ops/log-level")
    @limits.none
    @access
    def show_level() -> Response:
        return reply({"level": threshold.level, "configured": configured})

    @api.put("/api/ops/log-level")
    @limits.none
    @access
    @accepts(LevelBody)
    def set_level(body: LevelBody) -> Response:
        override = LevelOverride(level=body.level, until=_until(body.forSeconds)) if body.level else None
        parts.switches.set(log_level=override)
        threshold.level = body.level or configured
        _audit("log_level_changed", level=threshold.level, forSeconds=body.forSeconds)
        return reply({"level": threshold.level, "configured": configured})

    @api.get("/api/ops/maintenance")
    @limits.none
    @access
    def show_maintenance() -> Response:
        return reply(_position(parts.switches.current().maintenance))

    @api.put("/api/ops/maintenance")
    @limits.none
    @access
    @accepts(MaintenanceBody)
    def set_maintenance(body: MaintenanceBody) -> Response:
        wanted = Maintenance(
            mode=body.mode,
            reason=body.reason,
            retry_after_s=body.retryAfter,
            since=time.time(),
            until=_until(body.forSeconds),
        )
        state = parts.switches.set(maintenance=wanted if body.enabled else None)
        _audit("maintenance_changed", enabled=body.enabled, mode=body.mode, reason=body.reason)
        return reply(_position(state.maintenance))

    @api.post("/api/ops/logs/reopen")
    @limits.none
    @access
    def reopen_logs() -> Response:
        """Under gunicorn the master passes the signal on to every worker."""
        if request.environ.get("SERVER_SOFTWARE", "").startswith("gunicorn"):
            os.kill(os.getppid(), signal.SIGUSR1)
        else:
            parts.output.reopen()
        _audit("logs_reopened")
        return reply({"success": True})


def _revoke(api: Api, access: Access, limits: Limits, parts: Operated) -> None:
    @api.post("/api/ops/sessions/revoke")
    @limits.none
    @access
    @accepts(RevokeSessionsBody)
    def revoke_sessions(body: RevokeSessionsBody) -> Response:
        if body.session is not None:
            ended = int(parts.sessions.revoke(body.session))
        elif body.account is not None:
            account = parts.accounts.by_email(body.account)
            if account is None:
                raise refusal(404)
            ended = parts.sessions.revoke_all(user_id=account.id)
        else:
            ended = parts.sessions.revoke_all()
        _audit("sessions_revoked", revoked=ended, everyone=body.all is True)
        return reply({"revoked": ended})

    @api.post("/api/ops/keys/revoke")
    @limits.none
    @access
    @accepts(RevokeKeyBody)
    def revoke_key(body: RevokeKeyBody) -> Response:
        """Token and log signing keys alike. Revoking the key that signs now logs everyone out until it is rotated."""
        parts.revoked.revoke(body.fingerprint)
        signing = body.fingerprint == parts.keys.signing.id
        _audit("key_revoked", fingerprint=body.fingerprint, signing=signing)
        return reply({"revoked": body.fingerprint, "rotateNow": signing})


def _until(seconds: int | None) -> float | None:
    return time.time() + seconds if seconds else None


def _position(maintenance: Maintenance | None) -> dict[str, object]:
    return {"enabled": maintenance is not None, **(maintenance.model_dump() if maintenance else {})}


def _audit(event: str, **data: object) -> None:
    logger().notice(event, "An operator acted", cat="operations", data=data)
