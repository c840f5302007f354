"""Starts a run of a runbook as it was typed: plan, record, drive; a dry run stops after the plan."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from console.terminal.drive import Manner, drive
from console.terminal.outcome import Outcome
from console.terminal.plan_page import plan_json, plan_page
from console.terminal.session import Session
from console.terminal.stdout import say, say_json
from engine.drive.begin import begin
from engine.language.load import load
from engine.plan.prepare import prepare
from incidents.ids import incident_id, run_id
from incidents.vocabulary.run import RunPlanned


def start(session: Session, book: Path, flags: Mapping[str, object]) -> Outcome:
    """Runs a book with the flags of its task. Raises Problem and whatever the rooms below refuse."""
    given = {
        name: value for name, value in flags.items() if isinstance(value, str) and name not in ("hosts", "incident")
    }
    manner = Manner(yes=bool(flags.get("yes")), no_input=bool(flags.get("no_input")), json=bool(flags.get("json")))
    dry, linked = bool(flags.get("dry_run")), str(flags.get("incident") or "")
    planned = prepare(
        load(book),
        session.library,
        session.inventory,
        hosts=str(flags.get("hosts") or ""),
        given=given,
        run=run_id(),
        incident=session.named(linked, "incident") if linked else incident_id(),
        drill=bool(flags.get("drill")),
    )
    if dry:
        return _show(planned, as_json=manner.json)
    begin(session.ledger, planned, session.actor, new_record=not linked)
    _greet(session, planned, manner)
    return drive(session, planned, manner)


def _show(planned: RunPlanned, *, as_json: bool) -> Outcome:
    if as_json:
        for line in plan_json(planned):
            say_json(line)
    else:
        say(plan_page(planned))
    return Outcome("planned")


def _greet(session: Session, planned: RunPlanned, manner: Manner) -> None:
    if manner.json:
        ids = {"run": planned.run, "incident": planned.incident}
        say_json({"schema": "watchbook/run/1", **ids, "book": planned.book["id"], "hosts": planned.hosts})
        return
    drill = " (drill)" if planned.drill else ""
    say(f"{planned.run}  {planned.book['id']} on {', '.join(planned.hosts)}{drill}")
    hint = f". Lost this terminal? ./inv run.resume {planned.run}" if session.inv == "./inv" else ""
    say(f"{planned.incident}  its record{hint}")
