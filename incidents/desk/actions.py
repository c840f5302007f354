"""Work left over: written down with an owner and a day, closed, and listed when its day is over."""

from __future__ import annotations

from datetime import date

from incidents.desk.entry import LONGEST_NOTE, InvalidRequest, Refusal, enter, words
from incidents.desk.register import records
from incidents.event import Actor, Event
from incidents.folds.incident import Action, Record
from incidents.ledger.protocol import Ledger
from incidents.vocabulary import Fact
from incidents.vocabulary.incident import ActionAdded, ActionClosed

OUTCOMES = ("done", "dropped")
RECORDS_LOOKED_AT = 1000


def add(ledger: Ledger, actor: Actor, incident: str, text: str, owner: str, due: str) -> Event:
    """Writes an action down; its id is ACT-1, ACT-2, … within the record. Raises InvalidRequest."""
    text, owner = words(text, "text", LONGEST_NOTE), words(owner, "owner")
    try:
        due = date.fromisoformat(due).isoformat()
    except ValueError:
        raise InvalidRequest(f"{due!r} is no day.", "Give it as --due 2026-12-01") from None
    return enter(ledger, actor, incident, lambda found: ActionAdded(f"ACT-{len(found.actions) + 1}", text, owner, due))


def close(ledger: Ledger, actor: Actor, incident: str, action: str, outcome: str, reason: str = "") -> Event:
    """Closes an action, once. Raises InvalidRequest and Refusal."""
    if outcome == "dropped":
        reason = words(reason, "reason")

    def decide(found: Record) -> Fact:
        known = found.actions.get(action)
        if known is None:
            raise InvalidRequest(
                f"{incident} has no action {action}; it has {', '.join(found.actions) or 'none'}.",
                f"Look: ./inv incident.show {incident}",
            )
        if known.closed is not None:
            said = f"{action} was closed by {known.closed.event.actor.id}: {known.closed.fact.outcome}."
            raise Refusal(said, f"Look: ./inv incident.show {incident}")
        return ActionClosed(action, outcome, reason)

    return enter(ledger, actor, incident, decide)


def left_over(ledger: Ledger, today: date, *, overdue: bool = False) -> list[tuple[Record, Action]]:
    """Every action still to be done, the earliest day first; with `overdue` only those whose day is over."""
    found = [
        (record, action)
        for record in records(ledger, RECORDS_LOOKED_AT)
        for action in record.actions.values()
        if action.closed is None and (action.overdue(today) or not overdue)
    ]
    return sorted(found, key=lambda pair: pair[1].added.fact.due or "9999")
