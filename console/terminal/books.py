"""Every runbook as a task: its params are flags, taken as text; only running it loads the engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from invoke.collection import Collection
from invoke.context import Context
from invoke.parser.argument import Argument

from console.settings import settings
from console.terminal.index import Shelved, shelf
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.task import ToldTask
from engine.primitives.names import SLUG


class BookTask(ToldTask):
    """A runbook's task. Its flags come from the index, so that help and lists load no engine."""

    def __init__(self, book: Shelved) -> None:
        super().__init__(_run(book), name=book.id, positional=(), auto_shortflags=False)
        self.book = book
        self.__doc__ = f"{book.title or book.id}\n\n{book.fault or book.summary}".strip()

    def refuse(self) -> None:
        """Says everything that is wrong with a runbook whose flags cannot be known. Raises BookFaults or Problem."""
        from engine.language.load import load

        load(Path(self.book.path))
        raise Problem(f"{self.book.id} cannot be used: {self.book.fault}", where=self.book.path, then="./inv book.lint")

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:  # noqa: ARG002 - Invoke's own
        """One string flag a param, then those of every runbook; we say ourselves what does not fit."""
        params = [_flag(flag.name, flag.help) for flag in self.book.flags]
        return [*params, *run_flags()]


def run_flags() -> list[Argument]:
    """The flags that every runbook has. New ones each time, since Invoke keeps what was typed in them."""
    return [
        _flag("hosts", "Where: a host, a group, local, or several with commas (a,b)"),
        _flag("dry_run", "Show what would be done, and touch nothing", switch=True),
        _flag("yes", "Take guides that ask nothing as done; failures are still asked about", switch=True),
        _flag("no_input", "Ask nobody: a question parks the run", switch=True),
        _flag("json", "One JSON object per line, for scripts", switch=True),
        _flag("drill", "Mark the run and its record as an exercise", switch=True),
        _flag("incident", "Belong to this open record instead of a new one"),
    ]


def _flag(name: str, about: str, *, switch: bool = False) -> Argument:
    kind, default = (bool, False) if switch else (str, None)
    typed = name.replace("_", "-")
    return Argument(typed, kind=kind, default=default, help=about, attr_name=name if typed != name else None)


def shelve(tasks: Collection) -> None:
    """Adds every runbook to the tasks, except where its id is already that of a task or a family."""
    for book in shelf(settings()):
        if re.fullmatch(SLUG, book.id) and book.id not in tasks.tasks and book.id not in tasks.collections:
            tasks.add_task(BookTask(book))


def _run(book: Shelved) -> Callable[..., Outcome]:
    def run(_: Context, **flags: Any) -> Outcome:
        from console.terminal.session import Session
        from console.terminal.start import start

        with Session() as session:
            return start(session, Path(book.path), flags)

    return run
