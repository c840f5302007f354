"""How a wish becomes an event: judged against the record as it stands, and again when somebody was faster."""

from __future__ import annotations

from collections.abc import Callable

from incidents.event import Actor, Event
from incidents.folds.incident import Record, fold
from incidents.ledger.protocol import Batch, Conflict, Entry, Ledger
from incidents.vocabulary import Fact, draft

LONGEST_TITLE = 200
LONGEST_NOTE = 20_000
TRIES = 20
"""Somebody else may append between our look and our entry; they do not do so for ever."""


class InvalidRequest(Exception):
    """What was asked for is not there, or makes no sense; `hint` is the next command."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Refusal(InvalidRequest):
    """It makes sense, but the record does not allow it as it stands."""


def record(ledger: Ledger, incident: str) -> Record:
    """One record. Raises InvalidRequest when there is none of this id."""
    events = ledger.read(incident)
    if not events:
        raise InvalidRequest(f"There is no record {incident}.", "List them: ./inv incident.list")
    return fold(events)


def writable(ledger: Ledger, incident: str) -> Record:
    """One record that work goes on in. Raises InvalidRequest, and Refusal for one that was merged."""
    found = record(ledger, incident)
    if found.merged_into:
        raise Refusal(
            f"{incident} was merged into {found.merged_into}: nothing more is written in it.",
            f"Work there: ./inv incident.show {found.merged_into}",
        )
    return found


def enter(ledger: Ledger, actor: Actor, incident: str, decide: Callable[[Record], Fact]) -> Event:
    """Appends the fact that `decide` makes of the record as it stands. Raises InvalidRequest, or what decide raises."""
    for _ in range(TRIES):
        found = writable(ledger, incident)
        entry = Entry(incident, [draft(decide(found), actor)], expect=found.seq)
        try:
            return ledger.commit(Batch([entry]))[0]
        except Conflict:
            continue
    raise Refusal(f"{incident} is being written to so fast that this found no place.", "Try again.")


def words(text: str, what: str, longest: int = LONGEST_TITLE) -> str:
    """A text that says something and is not too long. Raises InvalidRequest."""
    text = text.strip()
    if not text:
        raise InvalidRequest(f"The {what} is empty.", f"Give it some words: --{what} 'what is wrong'")
    if len(text) > longest:
        raise InvalidRequest(f"The {what} has {len(text)} characters; it may have {longest}.", "Make it shorter.")
    return text


def one_of(value: str, known: tuple[str, ...], what: str) -> str:
    """A value of a short list. Raises InvalidRequest."""
    if value not in known:
        raise InvalidRequest(f"{value!r} is no {what}.", f"Use one of {', '.join(known)}.")
    return value
