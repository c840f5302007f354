"""What a batch of client log entries looks like; must not know signatures or files."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

MAX_ITEMS = 200
MAX_BYTES = 256 * 1024

ClientLevel = Literal["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR", "FATAL", "SECURITY"]
Short = Annotated[str, Field(max_length=256)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Device(_Part):
    """What the client runs on."""

    model: Short | None = None
    os: Short | None = None
    appVer: Short | None = None  # noqa: N815 - the wire's spelling, here and below
    platform: Short | None = None
    locale: Short | None = None
    timezone: Short | None = None
    fingerprint: Short | None = None


class User(_Part):
    """Who the client says it serves."""

    sub: Short | None = None
    role: Short | None = None
    tier: Short | None = None
    cohort: Short | None = None


class Call(_Part):
    """A request the client made."""

    method: Short | None = None
    path: Annotated[str, Field(max_length=2048)] | None = None
    status: int | None = None
    duration: float | None = None
    ipHash: Short | None = None  # noqa: N815
    userAgent: Annotated[str, Field(max_length=1024)] | None = None  # noqa: N815
    referer: Annotated[str, Field(max_length=2048)] | None = None


class Correlation(_Part):
    """What ties the entry to others."""

    correlationId: Annotated[str, Field(min_length=1, max_length=256)]  # noqa: N815
    sessionId: Short | None = None  # noqa: N815
    parentId: Short | None = None  # noqa: N815
    traceId: Short | None = None  # noqa: N815


class Entry(_Part):
    """One client log line."""

    ts: Annotated[str, Field(min_length=1, max_length=64)]
    lvl: ClientLevel
    cat: Annotated[str, Field(min_length=1, max_length=128)]
    evt: Annotated[str, Field(min_length=1, max_length=128)]
    msg: Annotated[str, Field(max_length=8192)]
    data: JsonValue = None
    device: Device | None = None
    user: User | None = None
    req: Call | None = None
    corr: Correlation | None = None
    sig: Short | None = None


class Signature(_Part):
    """The batch's HMAC-SHA256, in hex, and when it was made."""

    hmac: Annotated[str, Field(min_length=1, max_length=128)]
    algo: Literal["HMAC-SHA256"]
    ts: Annotated[str, Field(min_length=1, max_length=64)]


class Batch(_Part):
    """What `/api/ingest/logs` accepts: at most 200 entries."""

    logs: Annotated[list[Entry], Field(max_length=MAX_ITEMS)]
    sig: Signature


def well_formed(value: object) -> object:
    """`value` with half characters (lone surrogates, which JavaScript lets pass) replaced by `?`."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [well_formed(inner) for inner in value]
    if isinstance(value, dict):
        return {well_formed(key): well_formed(inner) for key, inner in value.items()}
    return value
