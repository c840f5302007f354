"""`inv incident.*` for people at work: the lifecycle, roles, actions, links and the handover of one record."""

from __future__ import annotations

from invoke.context import Context

from console.terminal.outcome import Outcome
from console.terminal.session import Session
from console.terminal.task import task

ONE = "the record's id, or its end; the newest when it is left out"
JSON = "one JSON object per line, for scripts"
REASON = "why, for the record"


def _move(incident: str, status: str, reason: str, *, json: bool) -> Outcome:
    with Session() as session:
        from incidents.desk.lifecycle import COMMANDS, move
        from incidents.folds.lifecycle import MOVES

        incident = session.named(incident, "incident")
        move(session.ledger, session.actor, incident, status, reason)
        if not json:
            print(f"{incident}  {status}")
            print(f"  next    ./inv incident.{COMMANDS[MOVES[status][0]]} {incident}")
        return Outcome(status, incident=incident)


@task(positional=["incident"], help={"incident": ONE, "reason": REASON, "json": JSON})
def ack(_: Context, incident: str = "", reason: str = "", json: bool = False) -> Outcome:
    """Say that you have seen it and are on it: the clock stops."""
    return _move(incident, "acknowledged", reason, json=json)


@task(positional=["incident"], help={"incident": ONE, "reason": "what helped", "json": JSON})
def mitigate(_: Context, incident: str = "", reason: str = "", json: bool = False) -> Outcome:
    """Say that users feel it no more, though the cause is still there."""
    return _move(incident, "mitigated", reason, json=json)


@task(positional=["incident"], help={"incident": ONE, "reason": "what ended it", "json": JSON})
def resolve(_: Context, incident: str = "", reason: str = "", json: bool = False) -> Outcome:
    """Say that it is over."""
    return _move(incident, "resolved", reason, json=json)


@task(positional=["incident"], help={"incident": ONE, "reason": "what was learned", "json": JSON})
def review(_: Context, incident: str = "", reason: str = "", json: bool = False) -> Outcome:
    """Say that it was talked through, and what is left to do is written down."""
    return _move(incident, "reviewed", reason, json=json)


@task(positional=["incident"], help={"incident": ONE, "reason": REASON, "json": JSON})
def reopen(_: Context, incident: str = "", reason: str = "", json: bool = False) -> Outcome:
    """Say that it is not over after all; the reason is needed."""
    return _move(incident, "open", reason, json=json)


@task(positional=["severity"], help={"severity": "P0, P1, P2 or P3", "incident": ONE, "reason": REASON, "json": JSON})
def severity(_: Context, severity: str, incident: str = "", reason: str = "", json: bool = False) -> Outcome:
    """Raise or lower the severity: ./inv incident.severity P0 --reason 'all users' --incident 7K3FQ"""
    with Session() as session:
        from incidents.desk.lifecycle import grade

        incident = session.named(incident, "incident")
        grade(session.ledger, session.actor, incident, severity.upper(), reason)
        _say(incident, severity.upper(), json=json)
        return Outcome("graded", incident=incident)


@task(
    positional=["role"],
    help={
        "role": "commander, scribe, communications or expert",
        "person": "who has it from now on; you when it is left out",
        "incident": ONE,
        "json": JSON,
    },
)
def role(_: Context, role: str, person: str = "", incident: str = "", json: bool = False) -> Outcome:
    """Take a role, or give it: ./inv incident.role commander --person ada --incident 7K3FQ"""
    with Session() as session:
        from incidents.desk.lifecycle import cast

        incident, person = session.named(incident, "incident"), person or session.actor.id
        cast(session.ledger, session.actor, incident, role, person)
        _say(incident, f"{person} is {role}", json=json)
        return Outcome("cast", incident=incident)


@task(
    positional=["text"],
    help={
        "text": "what is to be done; with --done or --dropped the action's id",
        "owner": "who does it",
        "due": "by which day: 2026-12-01",
        "done": "it is done",
        "dropped": "it will not be done; say why with --reason",
        "reason": REASON,
        "incident": ONE,
        "json": JSON,
    },
)
def action(
    _: Context,
    text: str,
    owner: str = "",
    due: str = "",
    done: bool = False,
    dropped: bool = False,
    reason: str = "",
    incident: str = "",
    json: bool = False,
) -> Outcome:
    """Write down work left over, or close it: ./inv incident.action 'alert on memory' --owner ada --due 2026-12-01"""
    with Session() as session:
        from incidents.desk import actions

        incident = session.named(incident, "incident")
        if done or dropped:
            outcome = "done" if done else "dropped"
            actions.close(session.ledger, session.actor, incident, text, outcome, reason)
            _say(incident, f"{text} {outcome}", json=json)
            return Outcome(outcome, incident=incident)
        actions.add(session.ledger, session.actor, incident, text, owner, due)
        _say(incident, f"{owner} has until {due}", json=json)
        return Outcome("written", incident=incident)


@task(positional=["run"], help={"run": "the run's id, or its end", "incident": ONE, "json": JSON})
def link(_: Context, run: str, incident: str = "", json: bool = False) -> Outcome:
    """Make a run part of a record."""
    with Session() as session:
        from incidents.desk import links

        incident, run = session.named(incident, "incident"), session.named(run, "run")
        links.link(session.ledger, session.actor, incident, run)
        _say(incident, f"{run} linked", json=json)
        return Outcome("linked", run=run, incident=incident)


@task(positional=["run"], help={"run": "the run's id, or its end", "incident": ONE, "reason": REASON, "json": JSON})
def unlink(_: Context, run: str, incident: str = "", reason: str = "", json: bool = False) -> Outcome:
    """Take back that a run is part of a record; the reason is needed, and both stay in the record."""
    with Session() as session:
        from incidents.desk import links

        incident, run = session.named(incident, "incident"), session.named(run, "run")
        links.unlink(session.ledger, session.actor, incident, run, reason)
        _say(incident, f"{run} unlinked", json=json)
        return Outcome("unlinked", run=run, incident=incident)


@task(
    positional=["incident"],
    help={"incident": "the record that is the same trouble", "into": "the one that goes on", "reason": REASON},
)
def merge(_: Context, incident: str, into: str, reason: str = "", json: bool = False) -> Outcome:
    """Merge a record into another: ./inv incident.merge 7K3FQ --into 9QX2A --reason 'the same outage'"""
    with Session() as session:
        from incidents.desk import links

        incident, into = session.named(incident, "incident"), session.named(into, "incident")
        links.merge(session.ledger, session.actor, incident, into, reason)
        _say(into, f"{incident} is part of it now", json=json)
        return Outcome("merged", incident=into)


@task(positional=["incident"], help={"incident": ONE, "to": "who shall lead", "json": JSON})
def handover(_: Context, incident: str = "", to: str = "", json: bool = False) -> Outcome:
    """Offer the lead to somebody, with a card of where things stand; they accept it with incident.accept."""
    with Session() as session:
        from console.terminal.incident_pages import handover_page
        from incidents.desk import handover as desk
        from incidents.desk import record

        incident = session.named(incident, "incident")
        desk.offer(session.ledger, session.actor, incident, to)
        if not json:
            print(handover_page(record(session.ledger, incident)))
        return Outcome("offered", incident=incident)


@task(positional=["incident"], help={"incident": ONE, "handover": "which offer, when not the newest", "json": JSON})
def accept(_: Context, incident: str = "", handover: str = "", json: bool = False) -> Outcome:
    """Accept the lead: you read the card, and you are the commander from now on."""
    with Session() as session:
        from console.terminal.incident_pages import handover_page
        from incidents.desk import handover as desk
        from incidents.desk import record

        incident = session.named(incident, "incident")
        desk.accept(session.ledger, session.actor, incident, handover)
        if not json:
            print(handover_page(record(session.ledger, incident)))
        return Outcome("accepted", incident=incident)


def _say(incident: str, text: str, *, json: bool) -> None:
    if not json:
        print(f"{incident}  {text}")
