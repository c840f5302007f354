"""Whoever leads hands over: a card drafted from the record, offered to one person and accepted once."""

from __future__ import annotations

from collections.abc import Iterator

from incidents.desk.entry import InvalidRequest, Refusal, enter, words
from incidents.event import Actor, Event, now
from incidents.folds.incident import Record
from incidents.folds.run import RunState, StepStatus, fold
from incidents.ledger.protocol import Ledger
from incidents.vocabulary import Fact
from incidents.vocabulary.incident import HandoverAccepted, HandoverOffered
from incidents.wording import clip

LAST_NOTES = 3


def offer(ledger: Ledger, actor: Actor, incident: str, to: str) -> Event:
    """Offers the lead, with a card of what the next one must know. Raises InvalidRequest."""
    to = words(to, "to")

    def decide(found: Record) -> Fact:
        return HandoverOffered(f"HO-{len(found.handovers) + 1}", to, card(ledger, found))

    return enter(ledger, actor, incident, decide)


def accept(ledger: Ledger, actor: Actor, incident: str, handover: str = "") -> Event:
    """Takes the lead: the newest offer, or the one that is named. Raises InvalidRequest and Refusal."""

    def decide(found: Record) -> Fact:
        name = handover or next(reversed(found.handovers), "")
        offered = found.handovers.get(name)
        if offered is None:
            raise InvalidRequest(
                f"{incident} has no handover {name}".rstrip() + ".", f"Offer one: ./inv incident.handover {incident}"
            )
        if offered.accepted is not None:
            who = offered.accepted.event.actor.id
            raise Refusal(f"{name} was accepted by {who} already.", f"Look: ./inv incident.show {incident}")
        return HandoverAccepted(name)

    return enter(ledger, actor, incident, decide)


def card(ledger: Ledger, found: Record) -> str:
    """Where things stand: status, roles, runs, open questions, unknown steps, open actions, the last notes."""
    due = found.acknowledge_by
    lines = [f"{found.incident} {found.severity} {found.status}: {clip(found.title)}"]
    if due and found.status == "open":
        lines.append(f"acknowledge by {due:%H:%M} UTC{' (late)' if found.late(now()) else ''}")
    lines += [f"{role}: {person}" for role, person in found.roles.items()]
    for run in found.runs:
        driven = ledger.holder(run) is not None
        lines += _of_run(run, fold(ledger.read(run)), driven=driven)
    lines += [
        f"to do: {name} {clip(action.added.fact.text)} ({action.added.fact.owner}, {action.added.fact.due})"
        for name, action in found.actions.items()
        if action.closed is None
    ]
    lines += [f"note: {clip(note.fact.text)}" for note in found.notes[-LAST_NOTES:]]
    return "\n".join(lines)


def _of_run(run: str, state: RunState, *, driven: bool) -> Iterator[str]:
    yield f"{run} {state.status(driven=driven)}"
    for question in state.open_questions:
        yield f"  asks: {clip(question.asked.text)} (./inv run.answer {run})"
    for (step, host), cell in state.cells.items():
        if cell.status is StepStatus.UNKNOWN or (cell.status is StepStatus.STARTED and not driven):
            yield f"  unknown: {step} on {host or 'no host'}"
