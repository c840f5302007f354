"""Patterns that never take longer than text times pattern: a small regular language, matched without backtracking.

Authors' patterns meet values from people and output from hosts, and `re` can be made to think for years about 30
characters. So a pattern is compiled to a small program and all its threads walk the text together (Pike's machine).
Known: literals, `.`, classes, `\\d \\w \\s` (ASCII) and their opposites, groups, `|`, `* + ? {m,n}` and their lazy
forms, `^ $` (edges of a line), `\\b \\B`. Not known, and refused: back-references, look-around, named groups, flags.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from engine.primitives.pattern_parser import (
    Choice,
    Edge,
    First,
    Node,
    One,
    PatternError,
    Repeat,
    Sequence,
    parse_pattern,
)

__all__ = ["Found", "Pattern", "PatternError", "compiled"]

LONGEST = 500
LARGEST_PROGRAM = 1000


class Found(NamedTuple):
    """A match: from where to where, and the text of the first group, or of the whole when there is no group."""

    start: int
    end: int
    text: str


class _Split(NamedTuple):
    first: int
    second: int


class _Jump(NamedTuple):
    to: int


class _Mark(NamedTuple):
    end: bool


class _Match(NamedTuple):
    pass


_Step = One | Edge | _Split | _Jump | _Mark | _Match


class _Thread(NamedTuple):
    at: int
    start: int
    group: tuple[int, int]


class Pattern:
    """A compiled pattern. Equal when its text is."""

    __slots__ = ("_program", "text")

    def __init__(self, text: str) -> None:
        """Raises PatternError."""
        if len(text) > LONGEST:
            raise PatternError(f"a pattern may have {LONGEST} characters, this one has {len(text)}", LONGEST)
        self.text = text
        program: list[_Step] = []
        _emit(parse_pattern(text), program)
        self._program = (*program, _Match())

    def matches(self, text: str) -> bool:
        """Whether the whole text is what the pattern says."""
        return self._walk(text, whole=True) is not None

    def search(self, text: str) -> Found | None:
        """The first place in the text that is what the pattern says."""
        return self._walk(text, whole=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pattern) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Pattern({self.text!r})"

    def _walk(self, text: str, *, whole: bool) -> Found | None:
        best: _Thread | None = None
        end = 0
        threads: list[_Thread] = []
        for at in range(len(text) + 1):
            seen: set[int] = set()
            here: list[_Thread] = []
            for thread in threads:
                self._follow(thread, text, at, seen, here)
            if best is None and (at == 0 or not whole):
                self._follow(_Thread(0, at, (-1, -1)), text, at, seen, here)
            if not here and (best is not None or whole):
                break
            threads = []
            for thread in here:
                step = self._program[thread.at]
                if isinstance(step, _Match):
                    if whole and at < len(text):
                        continue
                    best, end = thread, at
                    break
                assert isinstance(step, One)
                if at < len(text) and step.holds(text[at]):
                    threads.append(thread._replace(at=thread.at + 1))
        if best is None:
            return None
        first, last = best.group if best.group[1] >= 0 else (best.start, end)
        return Found(best.start, end, text[first:last])

    def _follow(self, thread: _Thread, text: str, at: int, seen: set[int], out: list[_Thread]) -> None:
        """Every character or end a thread can stand before, in the order of preference."""
        waiting = [thread]
        while waiting:
            thread = waiting.pop()
            if thread.at in seen:
                continue
            seen.add(thread.at)
            step = self._program[thread.at]
            if isinstance(step, (One, _Match)):
                out.append(thread)
            elif isinstance(step, _Jump):
                waiting.append(thread._replace(at=step.to))
            elif isinstance(step, _Split):
                waiting += (thread._replace(at=step.second), thread._replace(at=step.first))
            elif isinstance(step, _Mark):
                group = (thread.group[0], at) if step.end else (at, -1)
                waiting.append(_Thread(thread.at + 1, thread.start, group))
            elif step.holds(text, at):
                waiting.append(thread._replace(at=thread.at + 1))


@lru_cache(maxsize=256)
def compiled(text: str) -> Pattern:
    """The pattern of a text. Raises PatternError."""
    return Pattern(text)


def _emit(node: Node, program: list[_Step]) -> None:
    if len(program) > LARGEST_PROGRAM:
        raise PatternError("the pattern repeats too much; use smaller { } counts", 0)
    match node:
        case One() | Edge():
            program.append(node)
        case Sequence(parts):
            for part in parts:
                _emit(part, program)
        case First(inner):
            program.append(_Mark(end=False))
            _emit(inner, program)
            program.append(_Mark(end=True))
        case Choice((only,)):
            _emit(only, program)
        case Choice((first, *rest)):
            split = len(program)
            program.append(_Jump(0))
            _emit(first, program)
            jump = len(program)
            program.append(_Jump(0))
            program[split] = _Split(split + 1, len(program))
            _emit(Choice(tuple(rest)), program)
            program[jump] = _Jump(len(program))
        case Repeat(inner, low, high, greedy):
            for _ in range(low):
                _emit(inner, program)
            if high is None:
                split = len(program)
                program.append(_Jump(0))
                _emit(inner, program)
                program.append(_Jump(split))
                program[split] = _either(split + 1, len(program), greedy=greedy)
                return
            splits = []
            for _ in range(high - low):
                splits.append(len(program))
                program.append(_Jump(0))
                _emit(inner, program)
            for split in splits:
                program[split] = _either(split + 1, len(program), greedy=greedy)


def _either(more: int, enough: int, *, greedy: bool) -> _Split:
    return _Split(more, enough) if greedy else _Split(enough, more)
