"""Small sentences that both kinds of report say alike; they escape nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from incidents.folds.said import Said
from incidents.report.parts import Trouble
from incidents.timeline import Line
from incidents.vocabulary.incident import BundleHanded
from incidents.vocabulary.run import EvidenceKept
from incidents.wording import duration

_CLOCKS_AGREE = 2.0
"""Seconds that a writer's clock may differ from the ledger's before a line says so."""


def moment(at: datetime) -> str:
    """`2026-11-23 14:30:07 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def lasted(trouble: Trouble) -> str:
    """How long a trouble was seen; nothing while it lasts."""
    return duration((trouble.over.recorded - trouble.seen.recorded).total_seconds()) if trouble.over else ""


def skew(line: Line) -> str:
    """What to say when the writer's clock and the ledger's do not agree."""
    seconds = (line.at - line.recorded).total_seconds()
    said = f" (the writer's clock said {line.at.astimezone(UTC):%Y-%m-%d %H:%M:%S})"
    return said if abs(seconds) > _CLOCKS_AGREE else ""


def custody(kept: Said[EvidenceKept]) -> str:
    """Who collected a thing, when, and what the host's clock said."""
    actor, offset = kept.event.actor, kept.fact.clock_offset
    if offset is None:
        clock = "the host's clock was not read"
    else:
        clock = f"the host's clock was {abs(offset):.3f} s {'ahead' if offset >= 0 else 'behind'}"
    return f"{moment(kept.event.recorded)} by {actor.id} ({actor.via}, {actor.assurance}); {clock}"


def handed(given: Said[BundleHanded]) -> str:
    """To whom a bundle was given, when and by whom."""
    fact = given.fact
    return f"{moment(given.event.recorded)} to {fact.to} by {given.event.actor.id}: {fact.name}, SHA-256 {fact.sha256}"
