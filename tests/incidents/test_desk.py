"""People declare records, note in them and find them again; what makes no sense is refused with the next command."""

from __future__ import annotations

import pytest

from incidents.desk import InvalidRequest, declare, named, note, record, records, register
from incidents.event import Actor
from incidents.ids import run_id
from incidents.ledger.protocol import Batch, Entry, Ledger
from incidents.vocabulary import draft
from incidents.vocabulary.incident import NoteAdded

ADA = Actor("ada", "terminal")


def test_declare_and_note(ledger: Ledger) -> None:
    incident = declare(ledger, ADA, "  The API is down ", "P1")
    event = note(ledger, ADA, incident, "users write in")

    assert (event.stream, event.seq) == (incident, 2)
    found = record(ledger, incident)
    assert (found.incident, found.title, found.severity, found.status) == (incident, "The API is down", "P1", "open")
    assert (found.kind, found.drill) == ("incident", False)
    assert [n.fact.text for n in found.notes] == ["users write in"]


def test_other_kinds_and_drills(ledger: Ledger) -> None:
    incident = declare(ledger, ADA, "Certificates", "P3", "maintenance", drill=True)
    assert (record(ledger, incident).kind, record(ledger, incident).drill) == ("maintenance", True)


def test_records_newest_first(ledger: Ledger) -> None:
    ids = [declare(ledger, ADA, str(n), "P2") for n in range(3)]
    assert [found.incident for found in records(ledger)] == ids[::-1]
    assert [found.incident for found in records(ledger, limit=1)] == [ids[2]]


def test_an_id_that_is_taken_is_tried_anew(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = iter(["INC-1", "INC-1", "INC-1", "INC-2"])
    monkeypatch.setattr(register, "incident_id", lambda: next(ids))
    assert [declare(ledger, ADA, "one", "P2"), declare(ledger, ADA, "two", "P2")] == ["INC-1", "INC-2"]
    assert record(ledger, "INC-1").title == "one"
    assert len(ledger.read("INC-1")) == 1


def test_ids_that_are_always_taken_end(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "incident_id", lambda: "INC-1")
    declare(ledger, ADA, "one", "P2")
    with pytest.raises(InvalidRequest, match="all taken"):
        declare(ledger, ADA, "two", "P2")


@pytest.mark.parametrize(
    ("title", "severity", "kind", "said"),
    [
        ("", "P1", "incident", "title is empty"),
        (" \n", "P1", "incident", "title is empty"),
        ("x" * 201, "P1", "incident", "201 characters"),
        ("x", "p1", "incident", "'p1' is no severity"),
        ("x", "P4", "incident", "no severity"),
        ("x", "P1", "outage", "no kind of record"),
    ],
)
def test_what_makes_no_sense(ledger: Ledger, title: str, severity: str, kind: str, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said) as caught:
        declare(ledger, ADA, title, severity, kind)
    assert caught.value.hint
    assert ledger.heads("incident") == []


def test_a_record_that_is_not_there(ledger: Ledger) -> None:
    for call in (lambda: note(ledger, ADA, "INC-none", "x"), lambda: record(ledger, "INC-none")):
        with pytest.raises(InvalidRequest, match="no record INC-none") as caught:
            call()
        assert "incident.list" in caught.value.hint
    with pytest.raises(InvalidRequest, match="20001 characters"):
        note(ledger, ADA, "INC-none", "x" * 20_001)


def test_people_type_the_end(ledger: Ledger) -> None:
    incident, run = declare(ledger, ADA, "x", "P1"), run_id()
    ledger.commit(Batch([Entry(run, [draft(NoteAdded("x"), ADA)], opens="run")]))

    assert named(ledger, incident[-5:].lower(), "incident") == incident
    assert named(ledger, run[-5:], "run") == run
    assert named(ledger, "RUN", "run") == run
    with pytest.raises(InvalidRequest, match="There is no incident"):
        named(ledger, run, "incident")
    with pytest.raises(InvalidRequest, match="There is no run"):
        named(ledger, "", "run")
    other = declare(ledger, ADA, "y", "P1")
    with pytest.raises(InvalidRequest, match=f"could be {other}, {incident}"):
        named(ledger, "inc-", "incident")
    assert named(ledger, incident.lower(), "incident") == incident
