"""What a rule is: a name, why it matters, what to do, and a function that finds where it is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from engine.language.load import Loaded
from engine.language.rules.script import Script, scripts_in
from engine.language.rules.shell import Simple
from engine.primitives.yaml_tree import Keys

PAGE = "docs/reference/lint-rules.md"


class Finding(NamedTuple):
    """Where a rule is broken, and how; `column` counts characters of the text there, `on_key` points at the key."""

    path: Keys
    message: str
    column: int | None = None
    width: int = 1
    on_key: bool = False


Find = Callable[[Loaded, date], Iterator[Finding]]
"""Looks at a book (and today's date)."""
FindInCommand = Callable[[Simple, Script], str]
"""Looks at one simple command of a script: what is wrong with it, or the empty text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`explains` says why it matters, `fix` what to do, `example` is a command that breaks it; people are shown all."""

    id: str
    explains: str
    fix: str
    find: Find
    example: str = ""

    @property
    def docs(self) -> str:
        """Where the rule is written about."""
        return f"{PAGE}#{self.id}"


RULES: dict[str, Rule] = {}


def rule(name: str, *, explains: str, fix: str, example: str = "") -> Callable[[Find], Find]:
    """Registers a function as a rule."""

    def register(find: Find) -> Find:
        assert name not in RULES, name
        RULES[name] = Rule(name, explains, fix, find, example)
        return find

    return register


def command_rule(name: str, *, explains: str, fix: str, example: str) -> Callable[[FindInCommand], FindInCommand]:
    """Registers a function that looks at simple commands, one by one, as a rule."""

    def register(look: FindInCommand) -> FindInCommand:
        def find(loaded: Loaded, _: date) -> Iterator[Finding]:
            for script in scripts_in(loaded):
                for simple in script.simples:
                    if said := look(simple, script):
                        yield Finding(script.path, said, simple.at, simple.width)

        rule(name, explains=explains, fix=fix, example=example)(find)
        return look

    return register
