"""A record on paper: the list of records, and one record with its timeline; it changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from console.terminal.view.paint import fit, harmless
from incidents.folds.incident import Record
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
    parts = [_head(record), "", *timeline_lines(shown)]
    if hidden:
        parts += ["", f"{hidden} lines that only explain their neighbours are left out: --all shows them."]
    return "\n".join([*parts, "", f"  next    ./inv incident.report {record.incident}"])


def timeline_lines(lines: Sequence[Line]) -> list[str]:
    """The lines of a timeline, harmless on a terminal."""
    return [fit(harmless(f"{line.recorded:%H:%M:%S}  {line.text}"), COLUMNS) for line in lines]


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


def _head(record: Record) -> str:
    what = record.severity if record.kind == "incident" else record.kind
    drill = " drill" if record.drill else ""
    return harmless(f"{record.incident}  {record.status:12} {what}{drill}  {record.title}")
