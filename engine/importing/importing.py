"""A guide's file to draft runbooks as text: the one way in; what is then done with the text is the caller's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.importing.draft import Draft, drafts
from engine.importing.guide import readable, sections
from engine.importing.yaml_text import yaml_text
from engine.language.lint import lint
from engine.language.load import Loaded, load_text
from engine.primitives.faults import Fault
from engine.primitives.yaml_tree import Node

LARGEST = 200_000
"""Bytes of a guide; what is made of it stays below what a runbook may have."""
HEAD = "# Drafted from {file} by book.import. Nobody has tried it: read every line, and what was guessed at the end.\n"


class TooLarge(ValueError):
    """The guide is larger than one that is read."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A draft, its text, and what lint says of it: each finding with the place in the guide that it comes from."""

    draft: Draft
    text: str
    findings: tuple[tuple[str, Fault], ...]

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.draft.id}.yaml"

    @property
    def steps(self) -> int:
        """How many steps it has."""
        steps = self.draft.document["steps"]
        assert isinstance(steps, list)
        return len(steps)


@dataclass(frozen=True, slots=True)
class Import:
    """What became of a guide: its drafts, and what was left out and why."""

    books: tuple[Imported, ...]
    left_out: tuple[str, ...]


def import_guide(data: bytes, file: str, today: date) -> Import:
    """The draft runbooks of a guide. Raises TooLarge; any other bytes make something, or nothing, and say so."""
    if len(data) > LARGEST:
        raise TooLarge(f"the guide has {len(data)} bytes; {LARGEST} are read at once")
    shown = readable(file.encode("utf-8", "replace")).replace("\n", " ")
    made = drafts(sections(readable(data), Path(shown).stem or "guide"), shown)
    books = tuple(_imported(draft, shown, today) for draft in made.books)
    return Import(books, tuple(made.left_out))


def _imported(draft: Draft, file: str, today: date) -> Imported:
    text = HEAD.format(file=file) + yaml_text(draft.document)
    loaded = load_text(text.encode(), Path(f"{draft.id}.yaml"))
    return Imported(draft, text, tuple(_placed(lint(loaded, today), loaded)))


def _placed(faults: list[Fault], loaded: Loaded) -> Iterator[tuple[str, Fault]]:
    """Each finding with the source of its step, or of the runbook when it stands in no step."""
    root = loaded.source.root
    steps = root.child("steps")
    starts = [(root, 0)] + [
        (node, node.span.line + 1) for node in (steps.inside if steps else None) or () if isinstance(node, Node)
    ]
    for fault in faults:
        node = [node for node, line in starts if line <= fault.line][-1]
        source = node.child("x-source")
        yield str(source.value if source else ""), fault
