"""How a record may move and how soon people must react: two tables and what follows; knows no ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

SEVERITIES = ("P0", "P1", "P2", "P3")
KINDS = ("incident", "maintenance", "check")
ROLES = ("commander", "scribe", "communications", "expert")
MOVES: Mapping[str, tuple[str, ...]] = {
    "open": ("acknowledged",),
    "acknowledged": ("mitigated", "resolved"),
    "mitigated": ("resolved", "open"),
    "resolved": ("reviewed", "open"),
    "reviewed": ("open",),
}
"""From a status to those that may follow it; back to open is a reopening."""
CLOCKS: Mapping[str, timedelta] = {
    "P0": timedelta(minutes=15),
    "P1": timedelta(hours=1),
    "P2": timedelta(hours=4),
    "P3": timedelta(hours=24),
}
"""By severity: how soon somebody must acknowledge. Only incidents have a clock."""


def may_follow(status: str, kind: str) -> tuple[str, ...]:
    """The statuses that a record of this kind and status can move to; maintenance and checks need no acknowledging."""
    shortcut = ("resolved",) if status == "open" and kind != "incident" else ()
    return MOVES.get(status, ()) + shortcut
