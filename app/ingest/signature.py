"""Checks that a batch was signed by a key of ours, just now; must not know what the entries say."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

from app.http import strict_json

MAX_SKEW = timedelta(minutes=5)


class _Literal(str):
    """A number exactly as it was written: JavaScript and Python spell some of them differently."""

    __slots__ = ()


def skew(ts: str) -> timedelta | None:
    """How far the signature's clock is from ours; None when `ts` is no time."""
    try:
        at = datetime.fromisoformat(ts)
    except ValueError:
        return None
    return abs(datetime.now(UTC) - (at if at.tzinfo else at.replace(tzinfo=UTC)))


def signed_text(body: bytes, ts: str) -> bytes:
    """What the client signed: `JSON.stringify({items: logs, ts})`, key order and numbers as sent."""
    whole = strict_json.parse(body, number=_Literal)
    logs = whole.get("logs") if isinstance(whole, dict) else None
    return f'{{"items":{_stringify(logs)},"ts":{_stringify(ts)}}}'.encode("utf-8", "backslashreplace")


def is_authentic(message: bytes, given_hex: str, keys: tuple[str, ...]) -> bool:
    """Whether any of `keys` made this HMAC. Every key is tried, in constant time each."""
    given = given_hex.lower().encode("utf-8", "replace")
    made = [hmac.new(key.encode(), message, hashlib.sha256).hexdigest().encode() for key in keys]
    return any([hmac.compare_digest(one, given) for one in made])  # noqa: C419 - no early end


def _stringify(value: object) -> str:
    """As JSON.stringify: compact, not escaped beyond need. (A lone surrogate is escaped when encoded.)"""
    if isinstance(value, _Literal):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_stringify(key)}:{_stringify(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_stringify, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
