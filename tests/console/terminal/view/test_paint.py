"""Text that fits and harms nothing."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.terminal.view.output import LONGEST, SHOWN, Output
from console.terminal.view.paint import columns_of, fit, harmless, painted, printable_in, wants_colour
from console.terminal.view.screen import Screen


class Tty(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@given(st.text(), st.integers(1, 100))
def test_a_fitted_text_fits(text: str, columns: int) -> None:
    shown = fit(text, columns)
    assert columns_of(shown) <= columns
    assert shown == text or shown.endswith("…")


def test_wide_characters_count_twice() -> None:
    assert fit("日本語", 6) == "日本語"
    assert fit("日本語", 5) == "日本…"


@given(st.text())
def test_harmless_text_only_prints(text: str) -> None:
    assert harmless(text).isprintable()


def test_harmless_text_keeps_what_prints() -> None:
    assert harmless("a\tß 日\x1b[2J") == "a       ß 日\N{REPLACEMENT CHARACTER}[2J"


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
        ({}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(environment: dict[str, str], wanted: bool) -> None:
    assert wants_colour(Tty(), environment) is wanted
    assert not wants_colour(io.StringIO(), environment)


def test_marks_have_a_plain_form() -> None:
    assert printable_in("✓ · …", "ascii") == "+ - ~"
    assert printable_in("✓ · …", "utf-8") == "✓ · …"
    assert printable_in("✓", "no-such-encoding") == "+"


def test_paint_is_nothing_without_colour() -> None:
    assert painted("x", "bad", colour=False) == "x"
    assert painted("x", "bad", colour=True) == "\x1b[31mx\x1b[0m"


def test_a_lost_terminal_is_not_an_error() -> None:
    stream = Tty()
    screen = Screen(stream)
    stream.close()
    screen.line("anything")
    screen.block("anything")


def test_what_went_wrong_is_wrapped_and_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Tty()
    Screen(stream).whole("one two three four five six seven eight nine ten", lead="web  x ")
    assert stream.getvalue().splitlines() == [
        "web  x one two three four five six seven",
        "       eight nine ten",
    ]


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_output_is_cut_into_the_same_lines_however_it_comes(pieces: list[bytes]) -> None:
    whole, piecewise = Output(), Output()
    at_once = whole.feed(b"".join(pieces)) + whole.finish()
    bit_by_bit = [line for piece in pieces for line in piecewise.feed(piece)] + piecewise.finish()
    assert at_once == bit_by_bit
    assert (whole.shown, whole.hidden) == (piecewise.shown, piecewise.hidden)
    assert whole.shown <= SHOWN


def test_a_flood_is_counted_not_kept() -> None:
    output = Output()
    assert len(output.feed(b"x\n" * 100_000)) == SHOWN
    assert output.hidden == 100_000 - SHOWN


def test_a_line_without_an_end_is_not_kept_whole() -> None:
    output = Output()
    for _ in range(100):
        output.feed(b"x" * LONGEST)
    assert len(output.rest) <= 2 * LONGEST
