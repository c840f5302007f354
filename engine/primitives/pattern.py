"""Patterns that never take longer than text times pattern: a small regular language, matched without backtracking.

Authors' patterns meet values from people and output from hosts, and `re` can be made to think for years about 30
characters. So a pattern is compiled to a small program and all its threads walk the text together (Pike's machine).
Known: literals, `.`, classes, `\\d \\w \\s` (ASCII) and their opposites, groups, `|`, `* + ? {m,n}` and their lazy
forms, `^ $` (edges of a line), `\\b \\B`. Not known, and refused: back-references, look-around, named groups, flags.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

LONGEST = 500
LARGEST_PROGRAM = 1000
DEEPEST = 20
MOST_REPEATS = 255

Range = tuple[str, str]
_DIGIT: tuple[Range, ...] = (("0", "9"),)
_WORD: tuple[Range, ...] = (("a", "z"), ("A", "Z"), ("0", "9"), ("_", "_"))
_SPACE: tuple[Range, ...] = ((" ", " "), ("\t", "\r"))
_CLASSES = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r"}


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


@dataclass(frozen=True, slots=True)
class _One:
    """One character of a set."""

    ranges: tuple[Range, ...]
    negated: bool = False

    def holds(self, character: str) -> bool:
        return any(low <= character <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class _Edge:
    kind: Literal["^", "$", "b", "B"]

    def holds(self, text: str, at: int) -> bool:
        if self.kind == "^":
            return at == 0 or text[at - 1] == "\n"
        if self.kind == "$":
            return at == len(text) or text[at] == "\n"
        here = at < len(text) and _One(_WORD).holds(text[at])
        before = at > 0 and _One(_WORD).holds(text[at - 1])
        return (here != before) == (self.kind == "b")


@dataclass(frozen=True, slots=True)
class _Sequence:
    parts: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    branches: tuple[_Node, ...]


@dataclass(frozen=True, slots=True)
class _Repeat:
    node: _Node
    low: int
    high: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class _First:
    """The first group: what it matched is the match's text."""

    node: _Node


_Node = _One | _Edge | _Sequence | _Choice | _Repeat | _First


class _Split(NamedTuple):
    first: int
    second: int


class _Jump(NamedTuple):
    to: int


class _Mark(NamedTuple):
    end: bool


class _Match(NamedTuple):
    pass


_Step = _One | _Edge | _Split | _Jump | _Mark | _Match


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
        _emit(_Parser(text).whole(), program)
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
                assert isinstance(step, _One)
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
            if isinstance(step, (_One, _Match)):
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


def _emit(node: _Node, program: list[_Step]) -> None:
    if len(program) > LARGEST_PROGRAM:
        raise PatternError("the pattern repeats too much; use smaller { } counts", 0)
    match node:
        case _One() | _Edge():
            program.append(node)
        case _Sequence(parts):
            for part in parts:
                _emit(part, program)
        case _First(inner):
            program.append(_Mark(end=False))
            _emit(inner, program)
            program.append(_Mark(end=True))
        case _Choice((only,)):
            _emit(only, program)
        case _Choice((first, *rest)):
            split = len(program)
            program.append(_Jump(0))
            _emit(first, program)
            jump = len(program)
            program.append(_Jump(0))
            program[split] = _Split(split + 1, len(program))
            _emit(_Choice(tuple(rest)), program)
            program[jump] = _Jump(len(program))
        case _Repeat(inner, low, high, greedy):
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


class _Parser:
    """Recursive descent over the characters of one pattern; depth is bounded."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.grouped = False

    def take(self, sign: str) -> bool:
        if self.text.startswith(sign, self.at):
            self.at += len(sign)
            return True
        return False

    def whole(self) -> _Node:
        node = self.choice()
        if self.at < len(self.text):
            raise PatternError("this ) closes nothing; write \\) for the character", self.at)
        return node

    def choice(self) -> _Node:
        branches = [self.sequence()]
        while self.take("|"):
            branches.append(self.sequence())
        return _Choice(tuple(branches))

    def sequence(self) -> _Node:
        parts: list[_Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.repeated(self.single()))
        return _Sequence(tuple(parts))

    def repeated(self, node: _Node) -> _Node:
        start = self.at
        counts = self.counts()
        if counts is None:
            return node
        if isinstance(node, _Edge):
            raise PatternError("an edge cannot be repeated", start)
        low, high = counts
        if max(low, high or 0) > MOST_REPEATS or (high is not None and high < low):
            raise PatternError(f"counts go from small to large, to {MOST_REPEATS} at most", start)
        if high is None and _can_be_empty(node):
            raise PatternError("what * or + repeats can match nothing at all; write what it must hold", start)
        greedy = not self.take("?")
        if self.at < len(self.text) and self.text[self.at] in "*+?":
            raise PatternError("one repetition cannot be repeated again; use a group", self.at)
        return _Repeat(node, low, high, greedy)

    def counts(self) -> tuple[int, int | None] | None:
        for sign, counts in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.take(sign):
                return counts
        if not self.take("{"):
            return None
        end = self.text.find("}", self.at)
        low, comma, high = self.text[self.at : max(end, self.at)].partition(",")
        start, self.at = self.at, end + 1
        if end < 0 or not _digits(low) or (high and not _digits(high)):
            raise PatternError("write {2}, {2,} or {2,5}; \\{ for the character", start - 1)
        if not comma:
            return int(low), int(low)
        return int(low), int(high) if high else None

    def single(self) -> _Node:
        start = self.at
        if self.take("("):
            return self.group(start)
        if self.take("["):
            return self.set(start)
        if self.take("."):
            return _One((("\n", "\n"),), negated=True)
        if self.take("^"):
            return _Edge("^")
        if self.take("$"):
            return _Edge("$")
        if self.take("\\"):
            return self.escape(start)
        character = self.text[start]
        if character in "*+?{":
            raise PatternError(f"{character} repeats nothing; write \\{character} for the character", start)
        self.at += 1
        return _One(((character, character),))

    def group(self, start: int) -> _Node:
        plain = self.take("?:")
        if not plain and self.take("?"):
            raise PatternError("groups are ( ) or (?: ); look-around, names and flags are not known here", start)
        first = not plain and not self.grouped
        self.grouped |= first
        self.depth += 1
        if self.depth > DEEPEST:
            raise PatternError(f"groups may be nested {DEEPEST} levels deep", start)
        node = self.choice()
        self.depth -= 1
        if not self.take(")"):
            raise PatternError("this ( is not closed; write \\( for the character", start)
        return _First(node) if first else node

    def escape(self, start: int) -> _One | _Edge:
        if self.at == len(self.text):
            raise PatternError("a \\ ends the pattern; write \\\\ for the character", start)
        character = self.text[self.at]
        self.at += 1
        if character in "bB":
            return _Edge("b" if character == "b" else "B")
        return self.escaped(character, start)

    def escaped(self, character: str, start: int) -> _One:
        if character.lower() in _CLASSES:
            return _One(_CLASSES[character.lower()], negated=character.isupper())
        if character in _CONTROLS:
            return _One(((_CONTROLS[character], _CONTROLS[character]),))
        if character.isascii() and character.isalnum():
            raise PatternError(f"\\{character} is not known here", start)
        return _One(((character, character),))

    def set(self, start: int) -> _One:
        negated = self.take("^")
        ranges: list[Range] = []
        while not self.take("]"):
            low = self.member(start)
            if len(low) > 1 or not self.text.startswith("-", self.at) or self.text.startswith("-]", self.at):
                ranges += low
                continue
            self.at += 1
            high = self.member(start)
            if len(high) > 1 or low[0][0] != low[0][1] or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
                raise PatternError("this range goes from nowhere to nowhere", self.at - 1)
            ranges.append((low[0][0], high[0][0]))
        if not ranges:
            raise PatternError("this [ ] is empty", start)
        return _One(tuple(ranges), negated)

    def member(self, start: int) -> tuple[Range, ...]:
        if self.at >= len(self.text):
            raise PatternError("this [ is not closed; write \\[ for the character", start)
        character = self.text[self.at]
        self.at += 1
        if character == "[":
            raise PatternError("write \\[ inside [ ]", self.at - 1)
        if character != "\\":
            return ((character, character),)
        if self.at >= len(self.text):
            raise PatternError("this [ is not closed; write \\[ for the character", start)
        self.at += 1
        one = self.escaped(self.text[self.at - 1], self.at - 2)
        if one.negated:
            raise PatternError("\\D, \\W and \\S cannot stand inside [ ]; use [^ ]", self.at - 2)
        return one.ranges


def _can_be_empty(node: _Node) -> bool:
    match node:
        case _One():
            return False
        case _Edge():
            return True
        case _Sequence(parts):
            return all(map(_can_be_empty, parts))
        case _Choice(branches):
            return any(map(_can_be_empty, branches))
        case _Repeat(inner, low):
            return low == 0 or _can_be_empty(inner)
        case _First(inner):
            return _can_be_empty(inner)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
