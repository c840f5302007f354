"""A record on paper: the list of records, and one record with its timeline; it changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from console.terminal.view.paint import fit, harmless
from incidents.event import now
from incidents.folds.incident import Action, Record
from incidents.metrics import Row
from incidents.proof import Proof
from incidents.timeline import Line

COLUMNS = 79


def list_page(records: Sequence[Record]) -> str:
    """One line a record, the newest first."""
    if not records:
        return "No records yet. Open one: ./inv incident.declare --title 'what is wrong' --severity P1"
    return "\n".join(fit(_head(record), COLUMNS) for record in records)


def show_page(record: Record, lines: Sequence[Line], *, everything: bool) -> str:
    """A record and what happened, by the ledger's clock (UTC)."""
    shown = [line for line in lines if everything or not line.minor]
    hidden = len(lines) - len(shown)
    parts = [_head(record), *_standing(record), "", *timeline_lines(shown)]
    if hidden:
        parts += ["", f"{hidden} lines that only explain their neighbours are left out: --all shows them."]
    return "\n".join([*parts, "", f"  next    ./inv incident.report {record.incident}"])


def timeline_lines(lines: Sequence[Line]) -> list[str]:
    """The lines of a timeline, harmless on a terminal."""
    return [fit(harmless(f"{line.recorded:%H:%M:%S}  {line.text}"), COLUMNS) for line in lines]


def handover_page(record: Record) -> str:
    """The newest handover card, and what to type next."""
    handover = list(record.handovers.values())[-1]
    card = [harmless(line) for line in handover.offered.fact.card.splitlines()]
    name = handover.offered.fact.handover
    if handover.accepted:
        return "\n".join([*card, "", harmless(f"{handover.accepted.event.actor.id} leads from here on ({name}).")])
    to = harmless(handover.offered.fact.to)
    return "\n".join([*card, "", f"{to} accepts with", f"  next    ./inv incident.accept {record.incident}"])


def actions_page(found: Sequence[tuple[Record, Action]], today: date) -> str:
    """One line an action; those whose day is over say so."""
    if not found:
        return "Nothing is left over."
    return "\n".join(fit(harmless(_action(record, action, today)), COLUMNS) for record, action in found)


def action_json(record: Record, action: Action, today: date) -> dict[str, object]:
    """An action for scripts."""
    fact = action.added.fact
    return {
        "schema": "watchbook/action/1",
        "incident": record.incident,
        "action": fact.action,
        "text": fact.text,
        "owner": fact.owner,
        "due": fact.due,
        "overdue": action.overdue(today),
    }


def metrics_page(rows: Sequence[Row]) -> str:
    """A table: a line for each month and severity."""
    if not rows:
        return "No incident that counts yet: drills, maintenance, checks and merged records do not."
    lines = [f"{'month':8} {'sev':4} {'MTTD':24} {'MTTA':24} MTTR"]
    for row in rows:
        detect, acknowledge, resolve = (str(row.means[name]) for name in ("MTTD", "MTTA", "MTTR"))
        lines.append(f"{row.month:8} {row.severity:4} {detect:24} {acknowledge:24} {resolve}")
    return "\n".join(lines)


def metrics_json(row: Row) -> dict[str, object]:
    """A line of the table for scripts, in seconds."""
    means = {name: {"seconds": mean.seconds, "over": mean.over, "of": mean.of} for name, mean in row.means.items()}
    return {"schema": "watchbook/metrics/1", "month": row.month, "severity": row.severity, **means}


def proof_page(proof: Proof) -> str:
    """Whole or not, the heads to keep elsewhere, and what cannot be known."""
    lines = [harmless(f"{flaw.where}: {flaw.what}") for flaw in proof.flaws]
    lines.append(f"{len(proof.flaws)} flaws: the record was changed or damaged." if proof.flaws else "whole")
    lines += ["", "heads", *(f"  {head}" for head in proof.heads)]
    lines += ["", "cannot be known", *(harmless(f"  - {thing}") for thing in proof.unknown)]
    return "\n".join(lines)


def proof_json(proof: Proof) -> dict[str, object]:
    """A proof for scripts."""
    return {
        "schema": "watchbook/proof/1",
        "whole": not proof.flaws,
        "flaws": [{"where": flaw.where, "what": flaw.what} for flaw in proof.flaws],
        "heads": [str(head) for head in proof.heads],
        "unknown": list(proof.unknown),
    }


def record_json(record: Record) -> dict[str, object]:
    """A record for scripts."""
    return {
        "schema": "watchbook/incident/1",
        "incident": record.incident,
        "kind": record.kind,
        "status": record.status,
        "severity": record.severity,
        "title": record.title,
        "drill": record.drill,
        "opened": record.opened_at.isoformat() if record.opened_at else None,
        "opened_by": record.opened_by,
        "acknowledge_by": record.acknowledge_by.isoformat() if record.acknowledge_by else None,
        "late": record.late(now()),
        "roles": dict(record.roles),
        "merged_into": record.merged_into or None,
        "runs": list(record.runs),
    }


def line_json(line: Line) -> dict[str, object]:
    """A line of a timeline for scripts; `ref` says where its event stands."""
    return {
        "schema": "watchbook/timeline/1",
        "at": line.at.isoformat(),
        "recorded": line.recorded.isoformat(),
        "text": line.text,
        "minor": line.minor,
        "ref": line.ref,
    }


def _standing(record: Record) -> list[str]:
    """What people must know before the story: the clock, who leads, what is left over."""
    found = [f"{role}: {person}" for role, person in record.roles.items()]
    if record.acknowledge_by and record.status == "open":
        late = ", and that is over" if record.late(now()) else ""
        found.append(f"to be acknowledged by {record.acknowledge_by:%Y-%m-%d %H:%M} UTC{late}")
    if record.merged_into:
        found.append(f"merged into {record.merged_into}")
    today = now().date()
    found += [_action(record, action, today) for action in record.actions.values() if action.closed is None]
    return [fit(harmless(f"  {line}"), COLUMNS) for line in found]


def _action(record: Record, action: Action, today: date) -> str:
    fact = action.added.fact
    mark = "overdue" if action.overdue(today) else "due"
    return f"{record.incident} {fact.action} {mark} {fact.due}  {fact.owner}: {fact.text}"


def _head(record: Record) -> str:
    what = record.severity if record.kind == "incident" else record.kind
    drill = " drill" if record.drill else ""
    return harmless(f"{record.incident}  {record.status:12} {what}{drill}  {record.title}")
