"""What a rule is: a name, why it matters, what to do, and a function that finds where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.language.load import Loaded
from engine.primitives.yaml_tree import Keys


class Finding(NamedTuple):
    """Where a rule is broken, and how; `column` counts characters of the text there, `on_key` points at the key."""

    path: Keys
    message: str
    column: int | None = None
    width: int = 1
    on_key: bool = False


Find = Callable[[Loaded, date], Iterator[Finding]]
"""Looks at a book (and today's date)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`explains` says why it matters, `fix` what to do; both are shown to people."""

    id: str
    explains: str
    fix: str
    find: Find


RULES: dict[str, Rule] = {}


def rule(name: str, *, explains: str, fix: str) -> Callable[[Find], Find]:
    """Registers a function as a rule."""

    def register(find: Find) -> Find:
        assert name not in RULES, name
        RULES[name] = Rule(name, explains, fix, find)
        return find

    return register
