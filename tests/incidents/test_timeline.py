"""A timeline shows every event of a record and its runs, in order, in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from incidents.event import Actor, Subject, now
from incidents.ledger.memory import MemoryLedger
from incidents.ledger.protocol import Ledger
from incidents.timeline import lines, timeline
from incidents.vocabulary import INCIDENT_FACTS, RUN_FACTS
from incidents.wording import duration, words
from tests.incidents.story import INC, RUN, tell


def test_every_event_stands_in_it_once_and_in_order(ledger: Ledger) -> None:
    tell(ledger)
    told = timeline(ledger, INC)

    assert [line.event for line in told] == ledger.feed()
    assert told[0].ref == f"{RUN}#1"
    assert [line.recorded for line in told] == sorted(line.recorded for line in told)


def test_plain_words(ledger: Ledger) -> None:
    tell(ledger)
    told = {line.ref: line for line in timeline(ledger, INC)}
    texts = [line.text for line in told.values()]

    for expected in (
        "incident opened by ada: The API is down (P1)",
        "acknowledged, says ada: on it",
        "web-1 look: healthy? no: HTTP 502",
        "web-2 look: healthy? cannot be decided: no answer",
        "web-1 evidence: kept log: 12,345 bytes, 7 more cut, SHA-256 abababababab…",
        "read-log: skipped: unattended",
        "web-1 restart: changed in 2.1 s, verified",
        "ask: Q1 asks: Is it *really* up? (yes, no)",
        "ask: Q1: ada says yes, seen = <script>: looked",
        "tell: oncall not told: mail server refused",
        "severity P2, says ada: one host is back",
        "note by ada: a deploy an hour ago ``` </details>",
        "action ACT-1: alert on memory (bob, due 2026-12-01)",
        "FromTheFuture v3, which this version cannot read",
    ):
        assert expected in texts
    line = next(line for line in told.values() if line.text.endswith("verified"))
    assert str(line) == f"{line.recorded:%H:%M:%S} web-1 restart: changed in 2.1 s, verified"


def test_a_start_is_minor_only_when_its_end_is_known(ledger: Ledger) -> None:
    tell(ledger)
    starts = {line.event.subject.host: line.minor for line in timeline(ledger, INC) if line.event.kind == "StepStarted"}
    assert starts == {"web-1": True, "web-2": False}


def test_a_clock_that_went_backwards_does_not_turn_a_stream_around() -> None:
    ledger = MemoryLedger()
    tell(ledger)
    events = ledger.read(RUN)
    odd = [replace(event, recorded=event.recorded - timedelta(hours=event.seq % 3)) for event in events]
    other = ledger.read(INC)

    told = [line.event for line in lines([odd, other])]
    assert [event.seq for event in told if event.stream == RUN] == list(range(1, len(events) + 1))
    assert [event.seq for event in told if event.stream == INC] == list(range(1, len(other) + 1))


def test_an_unknown_record_has_none(ledger: Ledger) -> None:
    assert timeline(ledger, "INC-none") == []


@pytest.mark.parametrize("kind", [*INCIDENT_FACTS, *RUN_FACTS])
def test_every_fact_has_words(kind: type) -> None:
    """A fact without words of its own would be shown by its bare name."""
    values = {"str": "text", "int": 1, "float": 1.5, "bool": True, "bool | None": None, "int | None": 1,
              "str | None": None, "float | None": 1.0, "list[str]": ["x"]}  # fmt: skip
    fact = kind(**{name: values.get(type_, {}) for name, type_ in kind.__annotations__.items()})
    assert words(fact, "ada") not in ("", kind.__name__)


def test_long_texts_are_cut() -> None:
    from incidents.vocabulary.incident import NoteAdded

    assert words(NoteAdded("x" * 1000), "ada") == f"note by ada: {'x' * 400}…"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 ms"), (0.04, "40 ms"), (0.96, "1.0 s"), (2.13, "2.1 s"), (119.9, "119.9 s"),
     (200, "3 min 20 s"), (300, "5 min"), (7500, "2 h 5 min"), (7200, "2 h")],
)  # fmt: skip
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_what_it_is_about_comes_first() -> None:
    assert Subject("RUN-1", "restart", "web-1", 2).output("out") == "restart/web-1/2/out"
    assert Subject("RUN-1", "tell").output("out") == "tell/-/0/out"
    assert Actor("a", "b").assurance == "os-user"
    assert now().tzinfo is not None
