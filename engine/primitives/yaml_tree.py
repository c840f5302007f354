"""What a YAML file says and where each part of it stands; knows neither how it was read nor what it means."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from engine.primitives.faults import Fault, Level
from incidents.event import Json


class Span(NamedTuple):
    """Where a node stands: lines and columns from 0, the end behind the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


Keys = tuple[str | int, ...]
"""Keys and list indices from the root to a node."""


@dataclass(slots=True)
class Node:
    """A value and its places. `inside` holds a mapping's or a list's nodes, `keys` where a mapping's keys stand."""

    span: Span
    value: Json = None
    inside: dict[str, Node] | list[Node] | None = None
    keys: dict[str, Span] = field(default_factory=dict)

    def plain(self) -> Json:
        """The data alone."""
        if isinstance(self.inside, dict):
            return {key: node.plain() for key, node in self.inside.items()}
        if isinstance(self.inside, list):
            return [node.plain() for node in self.inside]
        return self.value

    def child(self, part: str | int) -> Node | None:
        """The node behind a key or at an index, or None."""
        if isinstance(self.inside, dict):
            return self.inside.get(part) if isinstance(part, str) else None
        if isinstance(self.inside, list) and isinstance(part, int) and part < len(self.inside):
            return self.inside[part]
        return None


@dataclass(slots=True)
class Source:
    """One file: its text by lines and its root node."""

    path: str
    lines: list[str]
    root: Node

    def fault(self, code: str, message: str, span: Span, hint: str = "", level: Level = "error") -> Fault:
        """A fault at a place of this file."""
        return replace(fault_at(self.path, self.lines, code, message, span, hint), level=level)

    def nearest(self, path: Keys) -> tuple[Node, Span]:
        """The node at a path and where to point at it: its key when it has one. Parts that are not there are left out,
        so that the place of a missing thing is the nearest thing around it.
        """
        node = self.root
        span = self.root.span
        for part in path:
            if (child := node.child(part)) is not None:
                span = node.keys[part] if isinstance(part, str) else child.span
                node = child
        return node, span

    def within(self, node: Node, offset: int, width: int = 1) -> Span:
        """The place of one character of a text node, as far as its style lets us count; else the node's own."""
        text = node.value
        span = node.span
        if not isinstance(text, str) or not 0 <= offset <= len(text):
            return span
        first = self.lines[span.line] if span.line < len(self.lines) else ""
        if span.line == span.end_line:
            start = first.find(text, span.column, span.end_column)
            at = Span(span.line, start + offset, span.line, start + offset + width)
            return at if start >= 0 else span
        if not first[span.column :].startswith("|"):
            return span
        row = text.count("\n", 0, offset)
        line = span.line + 1 + row
        wanted = text.split("\n")[row]
        if line >= len(self.lines) or not self.lines[line].endswith(wanted):
            return span
        indent = len(self.lines[line]) - len(wanted)
        column = indent + offset - (text.rfind("\n", 0, offset) + 1)
        return Span(line, column, line, column + width)


def fault_at(path: str, lines: list[str], code: str, message: str, span: Span, hint: str = "") -> Fault:
    """A fault at a place of a text given by its lines."""
    snippet = lines[span.line] if span.line < len(lines) else ""
    one_line = span.line == span.end_line and span.end_column > span.column
    width = span.end_column - span.column if one_line else max(1, len(snippet.rstrip()) - span.column)
    return Fault(path, span.line + 1, span.column + 1, code, message, hint, snippet, max(1, width))
