"""The ledger's care on paper: flaws, a tried backup, what may go; it changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from console.terminal.view.paint import harmless
from incidents.proof import Flaw
from incidents.upkeep import Prunable, Trial


def flaws_page(flaws: Sequence[Flaw]) -> str:
    """One line a flaw; whole when there is none."""
    lines = [harmless(f"{flaw.where}: {flaw.what}") for flaw in flaws]
    if not flaws:
        return "whole: every chain, every output, every link"
    count = f"{len(flaws)} flaws: the record was changed or damaged."
    return "\n".join([*lines, count, "  next    ./inv ledger.restore BACKUP --trial"])


def flaw_json(flaw: Flaw) -> dict[str, object]:
    """A flaw for scripts."""
    return {"schema": "watchbook/flaw/1", "where": flaw.where, "what": flaw.what}


def trial_page(trial: Trial) -> str:
    """What a backup holds."""
    held = f"{trial.records:,} records, {trial.runs:,} runs, {trial.events:,} events"
    return f"tried: {held}\n{flaws_page(trial.flaws)}"


def trial_json(trial: Trial) -> dict[str, object]:
    """A tried backup for scripts."""
    return {
        "schema": "watchbook/trial/1",
        "records": trial.records,
        "runs": trial.runs,
        "events": trial.events,
        "flaws": len(trial.flaws),
    }


def prunable_page(found: Sequence[Prunable]) -> str:
    """One line a record whose time is over."""
    if not found:
        return "No record's time is over."
    return "\n".join(
        harmless(
            f"{entry.record.incident}  {entry.record.kind}, last entry {entry.record.last_at:%Y-%m-%d}, "
            f"{len(entry.streams)} streams  {entry.record.title}"
        )
        for entry in found
    )


def prunable_json(entry: Prunable) -> dict[str, object]:
    """A record whose time is over, for scripts."""
    return {
        "schema": "watchbook/prunable/1",
        "incident": entry.record.incident,
        "kind": entry.record.kind,
        "last": entry.record.last_at.isoformat() if entry.record.last_at else None,
        "streams": [head.stream for head in entry.streams],
    }
