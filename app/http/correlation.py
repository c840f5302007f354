"""The ids of a request: the client's when well-formed, else one of ours; must not trust what the client sent."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping

from app.logs.redaction import Clean

_WELL_FORMED = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def ids(environ: Mapping[str, object]) -> dict[str, str]:
    """`correlationId`, from `x-correlation-id` or `x-request-id`; `sessionId`, when the client names one."""
    found = {
        "correlationId": _sent(environ, "HTTP_X_CORRELATION_ID")
        or _sent(environ, "HTTP_X_REQUEST_ID")
        or Clean(uuid.uuid4())
    }
    if session := _sent(environ, "HTTP_X_SESSION_ID"):
        found["sessionId"] = session
    return found


def _sent(environ: Mapping[str, object], header: str) -> str | None:
    value = environ.get(header)
    return value if isinstance(value, str) and _WELL_FORMED.fullmatch(value) else None
