"""A Markdown text as sections of prose, items and code, each with its line; knows nothing of runbooks or shells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

Kind = Literal["prose", "bullet", "numbered", "label", "code"]

_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_LABEL = re.compile(r"(?:\*\*|__)([^*_]{1,80})(?:\*\*|__)\s*:?|(?:\*\*|__)([^*_]{1,80}):(?:\*\*|__)")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a section. `line` counts from 1 and is the text's first line; a label is `**Diagnosis**:`."""

    kind: Kind
    text: str
    line: int
    language: str = ""


@dataclass(slots=True)
class Section:
    """A heading and what stands below it, up to the next heading of any level."""

    title: str
    line: int
    level: int
    parent: Section | None = None
    blocks: list[Block] = field(default_factory=list)

    @property
    def trail(self) -> tuple[str, ...]:
        """The titles above it, the outermost first, and its own."""
        return (*(self.parent.trail if self.parent else ()), self.title)


def readable(data: bytes) -> str:
    """A file's bytes as text that may stand in any other text file; nothing is refused."""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return _UNREADABLE.sub("\ufffd", text)


def sections(text: str, title: str) -> list[Section]:
    """The sections of a readable text, in order. What stands above the first heading goes under the given title."""
    text = _FRONT_MATTER.sub(lambda match: "\n" * match[0].count("\n"), text)
    lines = text.split("\n")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    found = [Section(title, 1, 0)]
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0:
            level = int(token.tag[1:])
            parent = next((one for one in reversed(_open(found)) if 0 < one.level < level), None)
            found.append(Section(_plain(tokens[index + 1].content) or title, _line(token), level, parent))
        else:
            found[-1].blocks += _blocks(tokens, index, lines)
    return found


def _open(found: list[Section]) -> list[Section]:
    """The last section and those around it, the outermost first."""
    around: list[Section] = []
    one: Section | None = found[-1]
    while one is not None:
        around.insert(0, one)
        one = one.parent
    return around


def _blocks(tokens: list[Token], index: int, lines: list[str]) -> Iterator[Block]:
    token = tokens[index]
    if token.type == "fence":
        words = token.info.split()
        yield Block("code", token.content.rstrip("\n"), _line(token) + 1, words[0].lower() if words else "")
    elif token.type == "code_block":
        yield Block("code", token.content.rstrip("\n"), _line(token))
    elif token.type in ("table_open", "html_block") and token.map is not None:
        raw = "\n".join(lines[token.map[0] : token.map[1]]).strip()
        if not raw.startswith("<!--"):
            yield Block("prose", raw, _line(token))
    elif token.type == "inline" and tokens[index - 1].type in ("paragraph_open", "heading_open"):
        inside = _list_around(tokens, index)
        label = _LABEL.fullmatch(token.content.strip())
        if tokens[index - 1].type == "heading_open" and token.level <= 1:
            return
        if label and not inside:
            yield Block("label", (label[1] or label[2]).strip(" :"), _line(token))
        elif text := _plain(token.content):
            yield Block(inside or "prose", text, _line(token))


def _list_around(tokens: list[Token], index: int) -> Literal["bullet", "numbered", ""]:
    """The kind of list whose item begins with this paragraph."""
    if index < 2 or tokens[index - 2].type != "list_item_open":
        return ""
    return "numbered" if re.fullmatch(r"[0-9]+", tokens[index - 2].info) else "bullet"


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 1


def _plain(text: str) -> str:
    """Inline Markdown as a person would read it aloud: no stars, links as their words."""
    text = re.sub(r"!?\[([^\[\]]*)\]\([^()\s]*\)", r"\1", text)
    return re.sub(r"\*\*|__", "", text).strip()
