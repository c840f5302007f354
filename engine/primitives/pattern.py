"""Patterns that never take longer than text times pattern: RE2 matches them, which cannot be made to backtrack.

Authors' patterns meet values from people and output from hosts, and `re` can be made to think for years about 30
characters. Lines have edges (`^ $`), classes are ASCII; back-references and look-around do not exist.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from re2 import _Regexp

LONGEST = 500
LINES_HAVE_EDGES = "(?m)"
MOST_MEMORY = 1 << 20
"""Bytes one compiled pattern may take."""

_WORDS = {
    "missing )": "a ( is not closed; write \\( for the character",
    "unexpected )": "a ) closes nothing; write \\) for the character",
    "missing ]": "a [ is not closed; write \\[ for the character",
    "invalid perl operator": "look-around and named groups are not known here",
    "invalid escape sequence": "this escape is not known here; back-references do not exist",
    "invalid repetition size": "this count is too large or the wrong way round",
    "bad repetition operator": "one repetition cannot be repeated again; use a group",
    "no argument for repetition operator": "this repeats nothing; write \\ before it for the character",
    "trailing \\": "a \\ ends the pattern; write \\\\ for the character",
    "pattern too large": "the pattern repeats too much; use smaller { } counts",
}


class PatternError(ValueError):
    """What is wrong with a pattern, and at which character (from 0)."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class Found(NamedTuple):
    """A match: from where to where, and the text of the first group, or of the whole when there is no group."""

    start: int
    end: int
    text: str


class Pattern:
    """A compiled pattern. Equal when its text is."""

    __slots__ = ("_compiled", "text")

    def __init__(self, text: str) -> None:
        """Raises PatternError."""
        if len(text) > LONGEST:
            raise PatternError(f"a pattern may have {LONGEST} characters, this one has {len(text)}", LONGEST)
        self.text = text
        self._compiled = _compile(text)

    def matches(self, text: str) -> bool:
        """Whether the whole text is what the pattern says."""
        return self._compiled.fullmatch(text) is not None

    def search(self, text: str) -> Found | None:
        """The first place in the text that is what the pattern says."""
        match = self._compiled.search(text)
        if match is None:
            return None
        group = match.group(1) if match.re.groups else None
        return Found(match.start(), match.end(), match.group() if group is None else group)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"


def _compile(text: str) -> _Regexp:
    import re2  # not every book has a pattern, and every import is waited for

    options = re2.Options()
    options.log_errors = False
    options.max_mem = MOST_MEMORY
    try:
        return re2.compile(LINES_HAVE_EDGES + text, options)
    except UnicodeEncodeError as error:
        raise PatternError("this character is not UTF-8", error.start - len(LINES_HAVE_EDGES)) from None
    except re2.error as error:
        raise _explained(text, error) from None


def _explained(text: str, error: Exception) -> PatternError:
    said = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
    fragment = said.partition(": ")[2]
    column = max(0, text.find(fragment.strip())) if fragment else 0
    words = next((words for start, words in _WORDS.items() if said.startswith(start)), said)
    return PatternError(words, column)


@lru_cache(maxsize=512)
def compiled(text: str) -> Pattern:
    """The pattern of a text, compiled once. Raises PatternError."""
    return Pattern(text)
