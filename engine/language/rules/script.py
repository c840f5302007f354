"""The shell texts of a book, each with the step it stands in; judges none of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.language.book import Book
from engine.language.judge import leaves
from engine.language.load import Loaded
from engine.language.rules.shell import Simple, simple_commands
from engine.language.step import Step
from engine.primitives.yaml_tree import Keys
from engine.words.run import ShellCommand

_STEP, _OWN = 2, 4
"""How long the path of a step is, and that of the text it runs: ("steps", 0, "run", "command")."""


@dataclass(frozen=True, slots=True)
class Script:
    """One shell text. `step` is None when it belongs to a check; `own` says that it is what the step runs."""

    path: Keys
    text: str
    simples: tuple[Simple, ...]
    step: Step | None
    own: bool
    book: Book

    def behind(self, simple: Simple) -> tuple[Simple, ...]:
        """The simple commands that follow one."""
        return self.simples[self._place(simple) + 1 :]

    def pipe_before(self, simple: Simple) -> tuple[Simple, ...]:
        """What is piped into a command, the nearest first."""
        found = []
        for earlier in reversed(self.simples[: self._place(simple)]):
            if earlier.after != "|":
                break
            found.append(earlier)
        return tuple(found)

    def pipe_behind(self, simple: Simple) -> tuple[Simple, ...]:
        """What a command is piped into."""
        found = []
        for later in self.behind(simple):
            if later.before != "|":
                break
            found.append(later)
        return tuple(found)

    def _place(self, simple: Simple) -> int:
        return next(index for index, one in enumerate(self.simples) if one is simple)


def scripts_in(loaded: Loaded) -> Iterator[Script]:
    """Every shell text of a book: steps, ways back, checks, evidence and witnesses."""
    book = loaded.book
    steps = dict(book.walk())
    for path, found in leaves(book):
        if isinstance(found, ShellCommand):
            simples = tuple(simple_commands(found.command))
            own = len(path) == _OWN - 1 and path[_STEP] == "run"
            yield Script((*path, "command"), found.command, simples, steps.get(path[:_STEP]), own, book)


def own_commands(loaded: Loaded) -> dict[str, tuple[Simple, ...]]:
    """What each step runs itself, by its id; its ways back and its looks are left out."""
    return {script.step.id: script.simples for script in scripts_in(loaded) if script.own and script.step is not None}
