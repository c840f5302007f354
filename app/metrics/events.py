"""Counts log lines by level and security events by name; must not read the lines."""

from __future__ import annotations

from app.metrics.definitions import LOG_EVENTS, SECURITY_EVENTS


def observe(level: str, event: str) -> None:
    """One line of `level` about `event` is being written."""
    LOG_EVENTS.labels(level).inc()
    if event.startswith("SEC_"):
        SECURITY_EVENTS.labels(event).inc()
