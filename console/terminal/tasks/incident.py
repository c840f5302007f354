"""`inv incident.*`: the records people work in; it knows no runbook and no host."""

from __future__ import annotations

from pathlib import Path

from invoke.context import Context

from console.terminal.outcome import Outcome, say_json
from console.terminal.session import Session
from console.terminal.task import task

ONE = "the record's id, or its end; the newest when it is left out"
JSON = "one JSON object per line, for scripts"


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
    help={
        "title": "what is wrong, in a few words",
        "severity": "P0, P1, P2 or P3",
        "kind": "incident, maintenance or check",
        "drill": "mark it as an exercise",
        "json": JSON,
    },
)
def declare(
    _: Context,
    title: str = "",
    severity: str = "P2",
    kind: str = "incident",
    drill: bool = False,
    json: bool = False,
) -> Outcome:
    """Open a record by hand."""
    with Session() as session:
        from incidents import desk

        incident = desk.declare(session.ledger, session.actor, title, severity.upper(), kind, drill=drill)
        if not json:
            print(f"{incident}  {severity.upper()}, open")
            print(f"  next    ./inv RUNBOOK --incident {incident}")
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


@task(
    positional=["incident"],
    help={"incident": ONE, "out": "write it to this file (- is stdout) instead of the ledger's folder", "json": JSON},
)
def report(_: Context, incident: str = "", out: str = "", json: bool = False) -> Outcome:
    """Write a record's report, in Markdown: only what the events say."""
    with Session() as session:
        from console.terminal.reports import write_report
        from incidents.report import markdown

        incident = session.named(incident, "incident")
        if out == "-":
            print(markdown(session.ledger, incident), end="")
            return Outcome(incident=incident)
        path = write_report(session, incident, Path(out) if out else None)
        if json:
            say_json({"schema": "watchbook/report/1", "incident": incident, "path": str(path)})
        else:
            print(path)
        return Outcome(incident=incident)
