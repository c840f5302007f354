"""A record is what its stream says, and says what it could not read."""

from __future__ import annotations

from incidents.folds.incident import fold
from incidents.ledger.protocol import Ledger
from tests.incidents.story import INC, RUN, tell


def test_a_record_folded(ledger: Ledger) -> None:
    tell(ledger)
    events = ledger.read(INC)
    record = fold(events)

    assert (record.incident, record.kind, record.title) == (INC, "incident", "The API is down")
    assert (record.severity, record.status, record.drill) == ("P2", "acknowledged", False)
    assert (record.opened_by, record.opened_at) == ("ada", events[0].recorded)
    assert (record.seq, record.last_at) == (len(events), events[-1].recorded)
    assert list(record.runs) == [RUN]
    assert [note.fact.text for note in record.notes] == ["a deploy an hour ago\n```\n</details>", "clocks differ"]
    assert record.notes[0].event.seq == 5
    assert [(action.added.fact.action, action.added.fact.owner) for action in record.actions.values()] == [
        ("ACT-1", "bob")
    ]
    assert [unread.fact.kind for unread in record.unread] == ["FromTheFuture"]


def test_response_times_use_the_ledgers_clock(ledger: Ledger) -> None:
    tell(ledger)
    record = fold(ledger.read(INC))

    assert list(record.reached) == ["open", "acknowledged"]
    took = record.took("acknowledged")
    assert took is not None
    assert 0 <= took < 60
    assert record.took("resolved") is None


def test_nothing_folds_to_nothing() -> None:
    record = fold([])
    assert (record.incident, record.seq, record.opened_at, record.took("open")) == ("", 0, None, None)
