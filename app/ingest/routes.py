"""`POST /api/ingest/logs`: schema, then skew, then signature, then replay; kept on disk before it is acknowledged."""

from __future__ import annotations

import time

from flask import Response, request
from pydantic import ValidationError

from app.auth.keys import RevokedKeys
from app.configuration.secrets import fingerprint
from app.configuration.settings import Settings
from app.http import strict_json
from app.http.api import Api
from app.http.body import documented
from app.http.envelope import ApiError, refusal
from app.http.rpc import reply
from app.ingest.batch import MAX_BYTES, Batch, Entry, well_formed
from app.ingest.replay import Seen
from app.ingest.signature import MAX_SKEW, is_authentic, signed_text, skew
from app.limits.limiter import Limits
from app.logs.lines import Renderer, correlation, logger
from app.logs.output import Output
from app.metrics.definitions import INGEST_LATENCY, INGEST_REJECTED, INGESTED


def register(
    api: Api, limits: Limits, settings: Settings, seen: Seen, revoked: RevokedKeys, output: Output, renderer: Renderer
) -> None:
    """Add the route. Client entries become lines of their own, everything the client said under `client`."""

    @api.post("/api/ingest/logs")
    @limits.default
    @documented(Batch)
    def ingest() -> Response:
        started = time.perf_counter()
        keys = tuple(key for key in settings.signing_keys if not revoked.holds(fingerprint(key)))
        if not keys:
            raise refusal(503, "Log ingest is not configured")
        body = _body()
        batch = _batch(body)
        off = skew(batch.sig.ts)
        if off is None or off > MAX_SKEW:
            raise _rejected("clock_skew", 400, "Clock skew too large")
        header = request.headers.get("X-Log-Signature")
        message = body if header else signed_text(body, batch.sig.ts)
        if not is_authentic(message, header or batch.sig.hmac, keys):
            raise _rejected("signature_invalid", 401, "Invalid signature")
        if not seen.claim(message):
            raise _rejected("replay", 409, "This log batch was received before")
        try:
            output.keep([(entry.lvl, _line(entry, renderer)) for entry in batch.logs])
        except OSError as error:
            seen.release(message)
            raise refusal(503, "The log cannot be written now", headers={"Retry-After": "30"}) from error
        INGESTED.inc(len(batch.logs))
        INGEST_LATENCY.observe(time.perf_counter() - started)
        logger().info("logs_ingested", "Log batch taken in", cat="ingest", data={"count": len(batch.logs)})
        return reply({"success": True, "count": len(batch.logs)})


def _body() -> bytes:
    if request.mimetype != "application/json":
        raise refusal(415)
    body = request.get_data(cache=False)
    if len(body) > MAX_BYTES:
        raise _rejected("too_large", 413, None)
    return body


def _batch(body: bytes) -> Batch:
    try:
        return Batch.model_validate(well_formed(strict_json.parse(body)))
    except (strict_json.NotStrict, ValidationError) as error:
        raise _rejected("schema", 400, "Invalid log batch format") from error


def _line(entry: Entry, renderer: Renderer) -> str:
    """One line of ours about a client's entry. Only the level is the client's word, since retention follows it."""
    said = entry.model_dump(exclude_none=True, exclude={"lvl"})
    event = {"level": entry.lvl, "evt": "client_log", "cat": "client", "event": "Client log entry", "client": said}
    return renderer.render(event | {"corr": correlation.get()})


_EVENTS = {
    "clock_skew": ("SEC_INTEGRITY_FAIL", "clock_skew"),
    "signature_invalid": ("SEC_SIGNATURE_INVALID", "hmac_mismatch"),
    "replay": ("SEC_INTEGRITY_FAIL", "replay"),
    "schema": ("ingest_rejected", "schema"),
    "too_large": ("ingest_rejected", "too_large"),
}


def _rejected(reason: str, status: int, message: str | None) -> ApiError:
    INGEST_REJECTED.labels(reason).inc()
    event, why = _EVENTS[reason]
    logger().warn(event, "Log batch refused", cat="ingest", data={"reason": why})
    return refusal(status, message, details={"reason": reason})
