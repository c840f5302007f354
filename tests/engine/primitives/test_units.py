"""Durations, days and sizes: what they mean, and what an ill-formed one says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.primitives.units import parse_days, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("60s", 60),
        ("5m", 300),
        ("1h30m", 5400),
        ("500ms", 0.5),
        ("1.5s", 1.5),
        ("0s", 0),
        ("1d", 86400),
        ("1m1ms", 60.001),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(("text", "days"), [("90d", 90), ("12w", 84), ("1d", 1)])
def test_days(text: str, days: int) -> None:
    assert parse_days(text) == days


@pytest.mark.parametrize(
    ("text", "size"), [("5MB", 5_000_000), ("256KiB", 262_144), ("100B", 100), ("1.5 GB", 1_500_000_000), ("0B", 0)]
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize(
    ("parse", "text", "said"),
    [
        (parse_duration, "60", "60 has no unit; write 60s, 60m or 60h"),
        (parse_duration, "", "'' is not a duration; write it like 60s, 5m, 1h30m or 500ms"),
        (parse_duration, "5 m", "'5 m' is not a duration; write it like 60s, 5m, 1h30m or 500ms"),
        (parse_duration, "30m1h", "'30m1h' is not a duration; write it like 60s, 5m, 1h30m or 500ms"),
        (parse_duration, "-5s", "'-5s' is not a duration; write it like 60s, 5m, 1h30m or 500ms"),
        (parse_duration, "400d", "400d is longer than a year; the longest duration is 366d"),
        (parse_days, "90", "90 has no unit; write 90d or 90w"),
        (parse_days, "0d", "'0d' is not a number of days; write it like 90d or 12w"),
        (parse_size, "5", "5 has no unit; write 5B, 5KB or 5MB"),
        (parse_size, "5mb", "'5mb' is not a size; write it like 5MB, 256KiB or 100B"),
        (parse_size, "9999999TB", "9999999TB is larger than 1024TiB"),
    ],
)
def test_what_an_ill_formed_one_says(parse: object, text: str, said: str) -> None:
    assert callable(parse)
    with pytest.raises(ValueError, match=r".") as caught:
        parse(text)
    assert str(caught.value) == said


@given(st.text(max_size=30))
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    for parse in (parse_duration, parse_days, parse_size):
        try:
            assert parse(text) >= 0
        except ValueError as error:
            assert str(error)


@given(st.integers(0, 300), st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
def test_parts_add_up(days: int, hours: int, minutes: int, seconds: int) -> None:
    text = f"{days}d{hours}h{minutes}m{seconds}s"
    assert parse_duration(text) == ((days * 24 + hours) * 60 + minutes) * 60 + seconds
