"""Text with `{{ name }}`: one look-up of a declared name, one pass, encoded for where it stands; no expressions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from engine.primitives.names import DOTTED, Mention
from engine.primitives.values import Value, as_text

LONGEST = 100_000
_HOLE = re.compile(r"\{\{\s*(?P<name>" + DOTTED + r")\s*\}\}")
_BASE_URL = re.compile(r"https?://[^\s\x00-\x20\x7f?#]+")

Encoder = Callable[[str, str], str]
"""Encodes a value (second) for where it stands: after the text rendered so far (first)."""


class TemplateError(ValueError):
    """What is wrong with a template, and at which character (from 0)."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template. `mentions` are the names it uses, in order, where they stand."""

    text: str
    mentions: tuple[Mention, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Each name once, in order."""
        return tuple(dict.fromkeys(mention.name for mention in self.mentions))

    def render(self, scope: Mapping[str, Value], encode: Encoder | None = None) -> str:
        """The text with every name looked up once; values are never read as templates again.

        Raises ValueError when a name has no value here or its value cannot stand there.
        """
        done: list[str] = []
        end = 0
        for hole in _HOLE.finditer(self.text):
            name = hole["name"]
            if name not in scope:
                raise ValueError(f"{name} has no value here, but {self.text[:60]!r} uses it")
            done.append(self.text[end : hole.start()])
            value = as_text(scope[name])
            done.append(value if encode is None else encode("".join(done), value))
            end = hole.end()
        return "".join(done) + self.text[end:]


def parse_template(text: str) -> Template:
    """Reads a template. Raises TemplateError for a `{{` that is not a plain name."""
    if len(text) > LONGEST:
        raise TemplateError(f"a text may have {LONGEST} characters, this one has {len(text)}", 0)
    mentions = []
    at = text.find("{{")
    while at >= 0:
        hole = _HOLE.match(text, at)
        if hole is None:
            raise TemplateError("{{ }} holds one plain name, like {{ unit }}; there are no expressions or filters", at)
        mentions.append(Mention(hole["name"], hole.start("name")))
        at = text.find("{{", hole.end())
    return Template(text, tuple(mentions))


def in_url(before: str, value: str) -> str:
    """For URLs: a value that starts the URL must itself be a plain http(s) address; later ones are components."""
    if before:
        return quote(value, safe="")
    if not _BASE_URL.fullmatch(value):
        raise ValueError(f"{value!r} cannot start a URL; it must begin with http:// or https:// and hold no spaces")
    return value


def in_json(before: str, value: str) -> str:
    """For the inside of a JSON string; between quotes only (numbers and true, false are the same there)."""
    del before
    return json.dumps(value)[1:-1]


def in_header(before: str, value: str) -> str:
    """For an HTTP header value: visible Latin-1 characters only, so that no value can start another header."""
    del before
    if not re.fullmatch(r"[\t\x20-\x7e\xa0-\xff]*", value):
        raise ValueError("a header value cannot hold line breaks or control characters")
    return value
