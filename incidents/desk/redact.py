"""Takes out what must not stay (a leaked secret, what the law asks for) and says so in its place."""

from __future__ import annotations

from incidents.desk.entry import TRIES, InvalidRequest, Refusal, words
from incidents.event import Actor, Event
from incidents.ledger.protocol import Batch, Conflict, Entry, Erase, Ledger
from incidents.vocabulary import draft
from incidents.vocabulary.incident import EventRedacted


def redact(ledger: Ledger, actor: Actor, stream: str, what: str, reason: str) -> Event:
    """Takes out the data of one event (`#12`, `12`) or all bytes of one output, in the transaction that records it.

    The chain still verifies: it covers digests. Raises InvalidRequest and Refusal.
    """
    reason = words(reason, "reason")
    number = what.removeprefix("#")
    seq, output = (int(number), "") if number.isdecimal() else (0, what)
    for _ in range(TRIES):
        head = ledger.head(stream)
        if head is None:
            raise InvalidRequest(f"There is no stream {stream}.", "List them: ./inv incident.list")
        if ledger.holder(stream) is not None:
            raise Refusal(f"{stream} is being driven.", f"Wait for its end, or: ./inv run.stop {stream}")
        _check_event(ledger, stream, seq) if seq else _check_output(ledger, stream, output)
        said = draft(EventRedacted(seq, reason, output), actor)
        entry = Entry(stream, [said], expect=head.seq)
        try:
            return ledger.commit(Batch([entry], erase=[Erase(stream, seq, output)]))[0]
        except Conflict:
            continue
    raise Refusal(f"{stream} is being written to so fast that this found no place.", "Try again.")


def _check_event(ledger: Ledger, stream: str, seq: int) -> None:
    found = ledger.read(stream, seq - 1)[:1]
    if not found or found[0].seq != seq:
        raise InvalidRequest(f"{stream} has no event #{seq}.", "See them: ./inv incident.show --all --json")
    if found[0].data is None:
        raise Refusal(f"#{seq} of {stream} was redacted already.", "See why: ./inv incident.show")
    if found[0].kind == EventRedacted.__name__:
        raise Refusal(f"#{seq} says why something else is gone, so it stays.", "See it: ./inv incident.show")


def _check_output(ledger: Ledger, stream: str, output: str) -> None:
    known = [kept.output for kept in ledger.outputs(stream)]
    if output not in known:
        raise InvalidRequest(
            f"{stream} keeps no output {output!r}; it has {', '.join(known) or 'none'}.", "Choose one."
        )
