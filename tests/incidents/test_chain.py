"""The chain's bytes are version 1 for ever; a change anywhere in a stream shows; what cannot be known is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.chain import canonical, header_hash, seal, timestamp, verify
from incidents.event import Actor, Draft, Event, Json, Subject
from incidents.vocabulary import draft
from incidents.vocabulary.incident import EventRedacted

ADA = Actor("ada", "terminal")
WHEN = datetime(2026, 11, 23, 14, 30, 7, 123, tzinfo=UTC)
SALT = bytes(range(16))

texts = st.text(st.characters(codec="utf-8"), max_size=8)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(texts, json_values, max_size=4)


def stream_of(*drafts: Draft, stream: str = "INC-1") -> list[Event]:
    events: list[Event] = []
    for seq, one in enumerate(drafts, start=1):
        events.append(seal(one, stream, seq, seq * 10, events[-1].hash if events else "", WHEN))
    return events


def notes(count: int) -> list[Event]:
    return stream_of(*(Draft("NoteAdded", {"text": f"note {n}"}, ADA, Subject(host="web-1")) for n in range(count)))


def faults(events: Sequence[Event], head: tuple[int, str] | None = None) -> list[tuple[int, str]]:
    return [(fault.seq, fault.what) for fault in verify(events, head).faults]


# Golden vectors: these bytes stand in ledgers. A failing test here means a broken promise, not an outdated test.


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ({"b": 1, "a": [True, None, "x"]}, b'{"a":[true,null,"x"],"b":1}'),
        ({"f": 2.0, "g": 1e16, "h": 1e-7, "i": -0.0, "j": 0.1}, b'{"f":2.0,"g":1e+16,"h":1e-07,"i":-0.0,"j":0.1}'),
        ({"n": 2**70}, b'{"n":1180591620717411303424}'),
        ({"ä": "é\u2028\x7f/\"\\\b\f\n\r\t\x00\x1f"},
         b'{"\xc3\xa4":"\xc3\xa9\xe2\x80\xa8\x7f/\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f"}'),
        ({"\U0001f98a": 1, "\uffff": 2}, b'{"\xef\xbf\xbf":2,"\xf0\x9f\xa6\x8a":1}'),
        ({}, b"{}"),
    ],
)  # fmt: skip
def test_canonical_json(value: Json, form: bytes) -> None:
    assert canonical(value) == form


def test_an_event_of_version_1() -> None:
    first = Draft("NoteAdded", {"text": "hällo", "n": 2.0}, ADA, Subject("RUN-1", "restart", "web-1", 2), at=WHEN)
    event = seal(first, "INC-20261123-1430-7K3FQ", 1, 99, "", WHEN + timedelta(seconds=1), SALT)

    assert event.digest == "fba4988ecfa24e55defa1cf2aa26d5f88795c699b7b68db509b79c083580b5e5"
    assert event.hash == "ad83392a3f0788290f8c981198f15ecf51418e910d4b88343f7b5537d804ddcc"
    second = Draft("StatusChanged", {}, Actor("bob", "web", "session"), at=WHEN, v=2)
    assert (
        seal(second, event.stream, 2, 100, event.hash, WHEN, SALT).hash
        == "b1a0dd3fe402b6bae7ed6d707d52a4cfc4ec180fecc448e62a095a7d599a771a"
    )


def test_timestamps() -> None:
    assert timestamp(WHEN) == "2026-11-23T14:30:07.000123Z"
    assert timestamp(WHEN.astimezone(timezone(timedelta(hours=-5)))) == "2026-11-23T14:30:07.000123Z"
    with pytest.raises(ValueError, match="no zone"):
        timestamp(datetime(2026, 1, 1))


def test_position_is_each_ledgers_own() -> None:
    [event] = notes(1)
    assert faults([replace(event, position=5)]) == []


# What verifying finds.


def test_a_whole_stream() -> None:
    assert faults(notes(5)) == faults([]) == []


CHANGES: dict[str, Callable[[Event], Event]] = {
    "stream": lambda e: replace(e, stream="INC-2"),
    "at": lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    "recorded": lambda e: replace(e, recorded=e.recorded - timedelta(days=1)),
    "actor": lambda e: replace(e, actor=Actor("eve", "terminal")),
    "via": lambda e: replace(e, actor=Actor("ada", "web")),
    "assurance": lambda e: replace(e, actor=Actor("ada", "terminal", "token")),
    "kind": lambda e: replace(e, kind="StatusChanged"),
    "v": lambda e: replace(e, v=2),
    "run": lambda e: replace(e, subject=replace(e.subject, run="RUN-2")),
    "step": lambda e: replace(e, subject=replace(e.subject, step="x")),
    "host": lambda e: replace(e, subject=replace(e.subject, host="web-2")),
    "attempt": lambda e: replace(e, subject=replace(e.subject, attempt=9)),
    "data": lambda e: replace(e, data={"text": "note 99"}),
    "salt": lambda e: replace(e, salt=bytes(16)),
    "short salt": lambda e: replace(e, salt=e.salt[:15]),
    "digest": lambda e: replace(e, digest="0" * 64),
    "prev": lambda e: replace(e, prev="0" * 64),
    "hash": lambda e: replace(e, hash="0" * 64),
    "seq": lambda e: replace(e, seq=7),
    "gone data": lambda e: replace(e, data=None, salt=b""),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", [0, 2, 4])
def test_every_change_shows(change: str, place: int) -> None:
    events = notes(5)
    events[place] = CHANGES[change](events[place])
    assert faults(events)


def test_a_forger_who_hashes_anew_breaks_the_next_link() -> None:
    events = notes(3)
    forged = seal(Draft("NoteAdded", {"text": "forged"}, ADA), "INC-1", 2, 20, events[0].hash, WHEN)
    assert faults([events[0], forged, events[2]]) == [(3, "does not follow from the event before it")]


@pytest.mark.parametrize("order", [[1, 2, 3, 4], [0, 1, 3, 4], [0, 2, 1, 3, 4], [0, 0, 1, 2, 3, 4]])
def test_missing_swapped_and_doubled_events_show(order: list[int]) -> None:
    events = notes(5)
    assert "missing, doubled or out of order" in faults([events[n] for n in order])[0][1]


def test_truncation_shows_only_with_a_head_from_outside() -> None:
    events = notes(5)
    head = (5, events[4].hash)
    assert faults(events[:4]) == []
    assert "cut off" in verify(events[:4]).unknown[0]
    assert faults(events[:4], head) == [(5, "the end is cut off: the head from outside is #5, the last event here #4")]
    assert faults(events, head) == faults(events, (3, events[2].hash)) == []
    assert faults(notes(5), head) == [(5, "is not the event that the head from outside names")], "written anew"
    assert faults(events, (0, "")) != []
    assert not any("written anew" in line for line in verify(events, head).unknown)


def test_redacted_data_keeps_the_chain_whole() -> None:
    events = stream_of(
        Draft("NoteAdded", {"text": "a password"}, ADA),
        Draft("NoteAdded", {"text": "fine"}, ADA),
        draft(EventRedacted(seq=1, reason="leaked"), ADA),
        draft(EventRedacted(seq=2, reason="its output", output="a/b/1/out"), ADA),
    )
    events[0] = replace(events[0], data=None, salt=b"")
    assert faults(events) == []
    assert "What stood in #1: the data was redacted, its digest stays." in verify(events).unknown
    events[1] = replace(events[1], data=None, salt=b"")
    assert faults(events) == [(2, "its data is gone, and no EventRedacted says why")]
    assert faults(events[:2])[0][0] == 1


def test_what_it_cannot_know_depends_on_what_it_is_given() -> None:
    os_user, session = notes(1), stream_of(Draft("NoteAdded", {}, Actor("bob", "web", "session")))
    assert any("keyboard" in line for line in verify(os_user).unknown)
    assert not any("keyboard" in line for line in verify(session).unknown)
    assert any("after INC-1#2" in line for line in verify(notes(2), (1, "")).unknown)


@settings(max_examples=60, deadline=None)
@given(json_objects)
def test_canonical_json_reads_back_as_itself(data: dict[str, Json]) -> None:
    form = canonical(data)
    assert canonical(json.loads(form)) == form
    assert json.loads(form) == data


@settings(max_examples=40, deadline=None)
@given(st.lists(json_objects, min_size=1, max_size=4), st.data())
def test_any_other_data_shows(datas: list[dict[str, Json]], draw: st.DataObject) -> None:
    events = stream_of(*(Draft("NoteAdded", data, ADA) for data in datas))
    assert faults(events) == []
    place = draw.draw(st.integers(0, len(events) - 1))
    other = draw.draw(json_objects.filter(lambda data: canonical(data) != canonical(events[place].data)))
    events[place] = replace(events[place], data=other)
    assert [seq for seq, _ in faults(events)] == [place + 1]


def test_a_header_hash_is_of_the_header_alone() -> None:
    [event] = notes(1)
    assert header_hash(replace(event, data=None, salt=b"", position=3, hash="")) == event.hash
