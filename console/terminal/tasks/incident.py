"""`inv incident.*`: the records people work in; it knows no runbook and no host."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from invoke.context import Context

from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.stdout import say_json
from console.terminal.task import task
from console.terminal.tasks.incident_paper import export, keys, redact, report, schema, verify
from console.terminal.tasks.incident_work import (
    JSON,
    ONE,
    accept,
    ack,
    action,
    handover,
    link,
    merge,
    mitigate,
    reopen,
    resolve,
    review,
    role,
    severity,
    unlink,
)

__all__ = [
    "accept",
    "ack",
    "action",
    "export",
    "handover",
    "keys",
    "link",
    "merge",
    "mitigate",
    "redact",
    "reopen",
    "report",
    "resolve",
    "review",
    "role",
    "schema",
    "severity",
    "unlink",
    "verify",
]

RECORDS_COUNTED = 10_000


@task(name="list", help={"json": JSON})
def list_records(_: Context, json: bool = False) -> None:
    """The newest records and where they stand."""
    with Session() as session:
        from console.terminal.incident_pages import list_page, record_json
        from incidents.desk import records

        found = records(session.ledger)
        if not json:
            print(list_page(found))
            return
        for record in found:
            say_json(record_json(record))


@task(positional=["incident"], help={"incident": ONE, "all": "every event, also the minor ones", "json": JSON})
def show(_: Context, incident: str = "", all: bool = False, json: bool = False) -> Outcome:
    """A record and its timeline."""
    with Session() as session:
        from console.terminal.incident_pages import line_json, record_json, show_page
        from incidents.desk import record
        from incidents.timeline import timeline

        incident = session.named(incident, "incident")
        found, lines = record(session.ledger, incident), timeline(session.ledger, incident)
        if not json:
            print(show_page(found, lines, everything=all))
            return Outcome(incident=incident)
        say_json(record_json(found))
        for line in lines:
            say_json(line_json(line))
        return Outcome(incident=incident)


@task(
    positional=["title"],
    help={
        "title": "what is wrong, in a few words",
        "severity": "P0, P1, P2 or P3",
        "kind": "incident, maintenance or check",
        "drill": "mark it as an exercise",
        "since": "when the trouble itself began, in UTC: 14:05, or 2026-11-23T14:05",
        "json": JSON,
    },
)
def declare(
    _: Context,
    title: str = "",
    severity: str = "P2",
    kind: str = "incident",
    drill: bool = False,
    since: str = "",
    json: bool = False,
) -> Outcome:
    """Open a record by hand: ./inv incident.declare 'the API is down' --severity P1"""
    with Session() as session:
        from incidents import desk

        began = _moment(since) if since else None
        incident = desk.declare(session.ledger, session.actor, title, severity.upper(), kind, drill=drill, began=began)
        if not json:
            print(f"{incident}  {severity.upper()}, open")
            print(f"  next    ./inv incident.ack {incident}, then ./inv RUNBOOK --incident {incident}")
        return Outcome("open", incident=incident)


@task(positional=["text"], help={"text": "what you want remembered", "incident": ONE, "json": JSON})
def note(_: Context, text: str, incident: str = "", json: bool = False) -> Outcome:
    """Add your words to a record: ./inv incident.note 'the disk was full' --incident 7K3FQ"""
    with Session() as session:
        from incidents import desk

        incident = session.named(incident, "incident")
        event = desk.note(session.ledger, session.actor, incident, text)
        if not json:
            print(f"{incident}  noted as event {event.seq}")
        return Outcome("noted", incident=incident)


@task(help={"overdue": "only those whose day is over", "json": JSON})
def actions(_: Context, overdue: bool = False, json: bool = False) -> None:
    """Work left over in all records, the earliest day first."""
    with Session() as session:
        from console.terminal.incident_pages import action_json, actions_page
        from incidents.desk.actions import left_over
        from incidents.event import now

        today = now().date()
        found = left_over(session.ledger, today, overdue=overdue)
        if not json:
            print(actions_page(found, today))
            return
        for record, entry in found:
            say_json(action_json(record, entry, today))


@task(help={"svg": "write a picture of it to this file", "json": JSON})
def metrics(_: Context, svg: str = "", json: bool = False) -> None:
    """Mean times to detect, acknowledge and resolve, by month and severity; drills and merged records do not count."""
    with Session() as session:
        from console.terminal.incident_pages import metrics_json, metrics_page
        from incidents import metrics as figures
        from incidents.desk import records

        rows = figures.metrics(records(session.ledger, RECORDS_COUNTED))
        if svg:
            Path(svg).write_text(figures.svg(rows), encoding="utf-8")
        if not json:
            print(metrics_page(rows))
            return
        for row in rows:
            say_json(metrics_json(row))


def _moment(text: str) -> datetime:
    """A time of today, or of a day, in UTC. Raises Problem."""
    try:
        whole = text if "T" in text else f"{datetime.now(UTC):%Y-%m-%d}T{text}"
        return datetime.fromisoformat(whole).replace(tzinfo=UTC)
    except ValueError:
        raise Problem(f"{text!r} is no time.", then="--since 14:05, or --since 2026-11-23T14:05 (UTC)") from None
