"""Facts come back from their events as they went in; what does not fit comes back as Unread."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from incidents.chain import seal
from incidents.event import Actor, Event, Json
from incidents.vocabulary import Fact, Unread, draft, read
from incidents.vocabulary.incident import NoteAdded
from incidents.vocabulary.run import CheckObserved, QuestionAsked, RunFinished

ADA = Actor("ada", "terminal")


def event_of(fact: Fact) -> Event:
    return seal(draft(fact, ADA), "RUN-1", 1, 1, "", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "fact",
    [
        NoteAdded("x"),
        CheckObserved("healthy", "when", None, "", 0.5, reached=False),
        QuestionAsked("Q1", "guide", "?", ["a", "b"], {"x": {"type": "text"}}, {}),
        RunFinished("succeeded", 2, {"ok": 1}),
    ],
)
def test_there_and_back(fact: Fact) -> None:
    assert read(event_of(fact)) == fact


def test_newer_fields_are_left_aside_and_older_writers_lack_some() -> None:
    event = event_of(CheckObserved("healthy", "when", True, "", 0.5))
    assert event.data is not None
    newer: dict[str, Json] = {**event.data, "colour": "blue"}
    older = {name: value for name, value in event.data.items() if name != "reached"}
    assert read(replace(event, data=newer)) == read(replace(event, data=older)) == read(event)


@pytest.mark.parametrize(
    "change", [{"text": None}, {"text": 5}, {"text": ["x"]}, None], ids=["null", "number", "list", "missing"]
)
def test_what_does_not_fit_is_unread(change: dict[str, Json] | None) -> None:
    event = replace(event_of(NoteAdded("x")), data=change or {})
    assert read(event) == Unread("NoteAdded", 1, redacted=False)


def test_wrong_items_are_unread() -> None:
    event = event_of(QuestionAsked("Q1", "guide", "?", ["a"]))
    assert event.data is not None
    assert isinstance(read(replace(event, data={**event.data, "choices": ["a", 1]})), Unread)


def test_unknown_kinds_and_redacted_data_are_unread() -> None:
    event = event_of(NoteAdded("x"))
    assert read(replace(event, v=2)) == Unread("NoteAdded", 2, redacted=False)
    assert read(replace(event, kind="Newer")) == Unread("Newer", 1, redacted=False)
    assert read(replace(event, data=None)) == Unread("NoteAdded", 1, redacted=True)
