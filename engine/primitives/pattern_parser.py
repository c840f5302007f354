"""Reads a pattern into its parts; knows nothing of matching."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True, slots=True)
class One:
    """One character of a set."""

    ranges: tuple[Range, ...]
    negated: bool = False

    def holds(self, character: str) -> bool:
        return any(low <= character <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True)
class Edge:
    kind: Literal["^", "$", "b", "B"]

    def holds(self, text: str, at: int) -> bool:
        if self.kind == "^":
            return at == 0 or text[at - 1] == "\n"
        if self.kind == "$":
            return at == len(text) or text[at] == "\n"
        here = at < len(text) and One(_WORD).holds(text[at])
        before = at > 0 and One(_WORD).holds(text[at - 1])
        return (here != before) == (self.kind == "b")


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    branches: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    node: Node
    low: int
    high: int | None
    greedy: bool


@dataclass(frozen=True, slots=True)
class First:
    """The first group: what it matched is the match's text."""

    node: Node


Node = One | Edge | Sequence | Choice | Repeat | First


def parse_pattern(text: str) -> Node:
    """The parts of a pattern. Raises PatternError."""
    return _Parser(text).whole()


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

    def whole(self) -> Node:
        node = self.choice()
        if self.at < len(self.text):
            raise PatternError("this ) closes nothing; write \\) for the character", self.at)
        return node

    def choice(self) -> Node:
        branches = [self.sequence()]
        while self.take("|"):
            branches.append(self.sequence())
        return Choice(tuple(branches))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.repeated(self.single()))
        return Sequence(tuple(parts))

    def repeated(self, node: Node) -> Node:
        start = self.at
        counts = self.counts()
        if counts is None:
            return node
        if isinstance(node, Edge):
            raise PatternError("an edge cannot be repeated", start)
        low, high = counts
        if max(low, high or 0) > MOST_REPEATS or (high is not None and high < low):
            raise PatternError(f"counts go from small to large, to {MOST_REPEATS} at most", start)
        if high is None and _can_be_empty(node):
            raise PatternError("what * or + repeats can match nothing at all; write what it must hold", start)
        greedy = not self.take("?")
        if self.at < len(self.text) and self.text[self.at] in "*+?":
            raise PatternError("one repetition cannot be repeated again; use a group", self.at)
        return Repeat(node, low, high, greedy)

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

    def single(self) -> Node:
        start = self.at
        if self.take("("):
            return self.group(start)
        if self.take("["):
            return self.set(start)
        if self.take("."):
            return One((("\n", "\n"),), negated=True)
        if self.take("^"):
            return Edge("^")
        if self.take("$"):
            return Edge("$")
        if self.take("\\"):
            return self.escape(start)
        character = self.text[start]
        if character in "*+?{":
            raise PatternError(f"{character} repeats nothing; write \\{character} for the character", start)
        self.at += 1
        return One(((character, character),))

    def group(self, start: int) -> Node:
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
        return First(node) if first else node

    def escape(self, start: int) -> One | Edge:
        if self.at == len(self.text):
            raise PatternError("a \\ ends the pattern; write \\\\ for the character", start)
        character = self.text[self.at]
        self.at += 1
        if character in "bB":
            return Edge("b" if character == "b" else "B")
        return self.escaped(character, start)

    def escaped(self, character: str, start: int) -> One:
        if character.lower() in _CLASSES:
            return One(_CLASSES[character.lower()], negated=character.isupper())
        if character in _CONTROLS:
            return One(((_CONTROLS[character], _CONTROLS[character]),))
        if character.isascii() and character.isalnum():
            raise PatternError(f"\\{character} is not known here", start)
        return One(((character, character),))

    def set(self, start: int) -> One:
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
        return One(tuple(ranges), negated)

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


def _can_be_empty(node: Node) -> bool:
    match node:
        case One():
            return False
        case Edge():
            return True
        case Sequence(parts):
            return all(map(_can_be_empty, parts))
        case Choice(branches):
            return any(map(_can_be_empty, branches))
        case Repeat(inner, low):
            return low == 0 or _can_be_empty(inner)
        case First(inner):
            return _can_be_empty(inner)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4
