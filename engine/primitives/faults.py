"""What is wrong with a file, where exactly, and what to do; knows neither YAML nor models."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong. `line` and `column` count from 1, `width` is in characters.

    `code` is a stable name (duplicate-key), `hint` what to do next, `snippet` the source line, `docs` where the code
    is written about, when it is.
    """

    path: str
    line: int
    column: int
    code: str
    message: str
    hint: str = ""
    snippet: str = ""
    width: int = 1
    level: Level = "error"
    docs: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class BookFaults(Exception):
    """Everything that is wrong with one or more files, in the order of the files' lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("\n".join(map(str, self.faults)))


def quoted(text: str, longest: int = 60) -> str:
    """A text from outside, as it may stand in a message: one line, quoted, bounded."""
    return repr(text if len(text) <= longest else text[: longest - 1] + "…")


def did_you_mean(wrong: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, or the empty text."""
    import difflib  # only needed when something is wrong

    close = difflib.get_close_matches(wrong.lower(), list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]}?" if close else ""
