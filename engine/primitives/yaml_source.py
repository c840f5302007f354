"""Strict YAML 1.2 to plain data that remembers its places; knows nothing of runbooks.

Nothing is guessed: a scalar that YAML readers disagree on (0644, 1.10), or that could be lost (a duplicate key), or
that makes a file mean more than it shows (aliases, tags, merge keys) is a fault with the way to write it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import yaml

from engine.primitives.faults import BookFaults, Fault, quoted
from engine.primitives.yaml_complaints import in_words
from engine.primitives.yaml_tree import Keys, Node, Source, Span, fault_at
from incidents.event import Json

__all__ = ["DEEPEST", "LARGEST", "Keys", "Node", "Source", "Span", "fault_at", "read"]

LARGEST = 1 << 20
DEEPEST = 64
MOST_CHARACTER_FAULTS = 20

_PARSER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\r(?!\n)")
_INTEGER = re.compile(r"0|-?[1-9][0-9]*|0o[0-7]+|0x[0-9a-fA-F]+")
_LOOKS_NUMERIC = re.compile(
    r"[-+]?(?:[0-9]+|\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_SAFE_INTEGER = 2**53
_WORDS: dict[str, Json] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def read(data: bytes, path: str) -> tuple[Source, list[Fault]]:
    """The source of a file and the faults that left a tree to look at. Raises BookFaults when none is left."""
    if len(data) > LARGEST:
        raise BookFaults([Fault(path, 1, 1, "too-large", f"the file has {len(data)} bytes; {LARGEST} are allowed")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BookFaults([_not_utf8(data, error.start, path)]) from None
    reader = _Reader(text, path)
    root = reader.document()
    if root is None:
        raise BookFaults(reader.faults)
    return Source(path, reader.lines, root), reader.faults


def _not_utf8(data: bytes, at: int, path: str) -> Fault:
    before = data[:at]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    return Fault(path, line, column, "not-utf-8", f"byte 0x{data[at]:02x} is not UTF-8", "save the file as UTF-8")


@dataclass(slots=True)
class _Key:
    text: str
    span: Span
    kept: bool


@dataclass(slots=True)
class _Open:
    """A list or mapping being read, and in a mapping the key that waits for its value."""

    node: Node
    key: _Key | None = None


class _Reader:
    """Turns the parser's events into nodes. It keeps its own stack, so that depth never becomes recursion."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.faults: list[Fault] = []
        self.lines: list[str] = []
        self.text = self._readable(text)

    def document(self) -> Node | None:
        """The root mapping, or None when there is none; `faults` says why."""
        try:
            root = self._tree(yaml.parse(self.text, Loader=_PARSER))
        except yaml.MarkedYAMLError as error:
            # What was never closed is found where it was opened, not where the file ends.
            unclosed = any(part in (error.problem or "") for part in ("end of stream", "expected ','"))
            mark = (error.context_mark if unclosed else error.problem_mark) or error.problem_mark
            span = _point(mark.line, mark.column) if mark else _START
            here = self.lines[span.line][span.column : span.column + 1] if span.line < len(self.lines) else ""
            message, hint = in_words(str(error.problem or ""), str(error.context or ""), here)
            self._fault("syntax", message, span, hint)
            return None
        except (yaml.YAMLError, ValueError) as error:
            # ValueError: half a surrogate pair, written as an escape, fails in the parser's own decoding.
            self._fault("syntax", f"this is not YAML: {quoted(str(error))}", _START)
            return None
        if root is None and not self.faults:
            self._fault("not-a-mapping", "the file is empty", _START, "begin with: version: 1")
        if root is not None and not isinstance(root.inside, dict):
            self._fault(
                "not-a-mapping", "the file must be a mapping of keys to values", root.span, "begin with: version: 1"
            )
            return None
        return root

    def _fault(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.faults.append(fault_at(self.path, self.lines, code, message, span, hint))

    def _readable(self, text: str) -> str:
        """Reports characters that have no place in a text file, and puts a harmless one where they stood."""
        marked = text.startswith("\ufeff")
        text = text.removeprefix("\ufeff")
        clean = _UNREADABLE.sub("\ufffd", text)
        self.lines = re.split(r"\r?\n", clean)
        if marked:
            self._fault("byte-order-mark", "the file begins with a byte order mark", _START, "save it without one")
        for match in islice(_UNREADABLE.finditer(text), MOST_CHARACTER_FAULTS):
            at = match.start()
            span = _point(text.count("\n", 0, at), at - (text.rfind("\n", 0, at) + 1))
            if match[0] == "\x00":
                self._fault("nul", "a NUL byte cannot stand in a text file", span, "remove it")
            else:
                self._fault(
                    "control-character", f"U+{ord(match[0]):04X} cannot stand in a text file", span, "remove it"
                )
        return clean

    def _tree(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        open_: list[_Open] = []
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._fault("several-documents", "one file holds one document", _span(event), "remove the ---")
                    return root
                if event.version or event.tags:
                    self._fault("directive", "directives (%YAML, %TAG) are not used here", _span(event), "remove it")
            elif isinstance(event, yaml.CollectionEndEvent):
                node = open_.pop().node
                end = _span(event)
                node.span = Span(node.span.line, node.span.column, end.end_line, end.end_column)
            elif isinstance(event, yaml.NodeEvent):
                node = self._node(event)
                if not open_:
                    root = node
                elif not self._place(open_[-1], node, event):
                    continue
                if node.inside is not None:
                    open_.append(_Open(node))
                if len(open_) > DEEPEST:
                    self._fault("too-deep", f"more than {DEEPEST} levels of nesting", node.span)
                    return None
        return root

    def _place(self, parent: _Open, node: Node, event: yaml.NodeEvent) -> bool:
        """Puts a node into its parent; False when it was a key and needs no more reading."""
        inside = parent.node.inside
        if isinstance(inside, list):
            inside.append(node)
            return True
        assert inside is not None
        key, parent.key = parent.key, None
        if key is None:
            parent.key = self._key(node, event, parent.node)
            return node.inside is not None
        if key.kept:
            inside[key.text] = node
            parent.node.keys[key.text] = key.span
        return True

    def _key(self, node: Node, event: yaml.NodeEvent, mapping: Node) -> _Key:
        kept = False
        if not isinstance(event, yaml.ScalarEvent):
            if not isinstance(event, yaml.AliasEvent):
                hint = "quote text that begins with {{" if isinstance(event, yaml.MappingStartEvent) else ""
                self._fault("key-not-text", "a key is one word", node.span, hint)
            return _Key("", node.span, kept)
        if event.value == "<<" and not event.style:
            self._fault("merge-key", "merge keys (<<) are not used here", node.span, "write the keys out")
        elif not event.value:
            self._fault("key-not-text", "a key is missing before the ':'", node.span)
        elif event.value in mapping.keys:
            line = mapping.keys[event.value].line + 1
            message = f"{quoted(event.value)} is given twice"
            self._fault("duplicate-key", message, node.span, f"the first one is in line {line}; keep one")
        else:
            kept = True
        return _Key(event.value, node.span, kept)

    def _node(self, event: yaml.NodeEvent) -> Node:
        span = _span(event)
        if isinstance(event, yaml.AliasEvent):
            self._fault(
                "alias", "aliases (*) are not used here", span, "write it out, or quote text that begins with *"
            )
            return Node(span)
        if event.anchor is not None:
            self._fault("anchor", "anchors (&) are not used here", span, "remove it, or quote text that begins with &")
        if isinstance(event, yaml.MappingStartEvent):
            self._tag(event.tag, span)
            return Node(span, inside={})
        if isinstance(event, yaml.SequenceStartEvent):
            self._tag(event.tag, span)
            return Node(span, inside=[])
        assert isinstance(event, yaml.ScalarEvent)
        self._tag(event.tag, span)
        return Node(span, self._scalar(event.value, span, plain=not event.style))

    def _tag(self, tag: str | None, span: Span) -> None:
        if tag is not None:
            self._fault(
                "tag", f"tags ({quoted(tag)}) are not used here", span, "remove it, or quote text that begins with !"
            )

    def _scalar(self, text: str, span: Span, *, plain: bool) -> Json:
        if "\x00" in text:
            self._fault("nul", "a NUL character cannot stand in a runbook", span, "remove it")
            return text.replace("\x00", "\ufffd")
        if not plain:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.fullmatch(text) and len(text) <= 20 and abs(number := int(text, 0)) <= _SAFE_INTEGER:
            return number
        if _LOOKS_NUMERIC.fullmatch(text):
            return self._number(text, span)
        return text

    def _number(self, text: str, span: Span) -> Json:
        """A number that every reader sees as written, else a fault: 1.10 would become 1.1, 0644 become 420 or 644."""
        number = float(text) if not text.lower().endswith(("inf", "nan")) else math.nan
        if repr(number) == text:
            return number
        exact = math.isfinite(number) and abs(number) <= _SAFE_INTEGER
        instead = "" if not exact else f", {int(number) if number == int(number) else number!r} when it is a number"
        message = f"{quoted(text)} can be read in more than one way"
        self._fault("ambiguous-number", message, span, f'write "{text[:40]}" when it is text{instead}')
        return text


_START = Span(0, 0, 0, 1)


def _point(line: int, column: int) -> Span:
    return Span(line, column, line, column + 1)


def _span(event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None and end is not None
    return Span(start.line, start.column, end.line, end.column)
