"""Runs are linked to records and unlinked again; a record that is the same trouble is merged into another."""

from __future__ import annotations

from incidents.desk.entry import TRIES, InvalidRequest, Refusal, enter, words, writable
from incidents.event import Actor, Event
from incidents.folds.incident import Record
from incidents.folds.run import fold
from incidents.ledger.protocol import Batch, Conflict, Entry, Ledger
from incidents.vocabulary import Fact, draft
from incidents.vocabulary.incident import RecordAbsorbed, RecordMerged, RunLinked, RunUnlinked


def link(ledger: Ledger, actor: Actor, incident: str, run: str) -> Event:
    """Links a run to a record. Raises InvalidRequest and Refusal."""
    planned = fold(ledger.read(run)).planned
    if planned is None:
        raise InvalidRequest(f"There is no run {run} that can be read.", "List them: ./inv run.list")
    book = str(planned.book.get("id", ""))
    fact = RunLinked(run, book, str(planned.book.get("title", book)))

    def decide(found: Record) -> Fact:
        if run in found.runs:
            raise Refusal(f"{run} is linked to {incident} already.", f"Look: ./inv incident.show {incident}")
        return fact

    return enter(ledger, actor, incident, decide)


def unlink(ledger: Ledger, actor: Actor, incident: str, run: str, reason: str) -> Event:
    """Takes a link back; both stay in the record. Raises InvalidRequest."""
    reason = words(reason, "reason")

    def decide(found: Record) -> Fact:
        if run not in found.runs:
            linked = ", ".join(found.runs) or "none"
            raise InvalidRequest(f"{run} is not linked to {incident}; linked: {linked}.", "Choose one of them.")
        return RunUnlinked(run, reason)

    return enter(ledger, actor, incident, decide)


def merge(ledger: Ledger, actor: Actor, incident: str, into: str, reason: str) -> None:
    """Merges a record into another, in one transaction: both say so, or neither. Raises InvalidRequest and Refusal."""
    reason = words(reason, "reason")
    if incident == into:
        raise Refusal(f"{incident} cannot be merged into itself.", "List the others: ./inv incident.list")
    for _ in range(TRIES):
        gone, stays = writable(ledger, incident), writable(ledger, into)
        absorbed = draft(RecordAbsorbed(incident, gone.title), actor)
        merged = draft(RecordMerged(into, reason), actor)
        both = [Entry(into, [absorbed], expect=stays.seq), Entry(incident, [merged], expect=gone.seq)]
        try:
            ledger.commit(Batch(both))
        except Conflict:
            continue
        return
    raise Refusal(f"{incident} and {into} are being written to too fast.", "Try again.")
