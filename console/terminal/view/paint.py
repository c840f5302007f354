"""Colours, widths and harmless text for a terminal; it knows no run."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import IO, Literal

Style = Literal["good", "bad", "doubt", "faint", "strong", "plain"]
_CODES: dict[Style, str] = {"good": "32", "bad": "31", "doubt": "33", "faint": "2", "strong": "1", "plain": ""}
_ASCII = str.maketrans({"▸": ">", "✓": "+", "✗": "x", "│": "|", "·": "-", "…": "~", "–": "-", "—": "-", "→": ">"})
TAB = 8


def wants_colour(stream: IO[str], environment: Mapping[str, str]) -> bool:
    """On a terminal that can, unless NO_COLOR (with any text in it) says no."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM", "dumb") != "dumb"


def painted(text: str, style: Style, *, colour: bool) -> str:
    """The text in a style."""
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour and _CODES[style] else text


def printable_in(text: str, encoding: str) -> str:
    """The text with our marks in ASCII where the terminal's encoding lacks them."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return text.translate(_ASCII)
    return text


def harmless(text: str) -> str:
    """A host's words on one line: tabs are spaces, and whatever could move the cursor is shown, not obeyed."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text.expandtabs(TAB))


def fit(text: str, columns: int) -> str:
    """The text cut to so many columns (1 at least), with … where something is missing."""
    if columns_of(text) <= columns:
        return text
    taken, kept = 0, 0
    for char in text:
        taken += _width(char)
        if taken > columns - 1:
            break
        kept += 1
    return f"{text[:kept]}…"


def columns_of(text: str) -> int:
    """How many columns it takes: wide characters take two, combining ones none."""
    return sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
