"""Reads what was typed after `inv` into tasks and their flags; it runs nothing, and Invoke's own parser is not asked.

Invoke's parser copies the flags of every task several times, takes a word it cannot place for a task, and reads
`--unit=--yes` as two flags; a value that was typed must arrive as it was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from invoke.collection import Collection
from invoke.parser.argument import Argument
from invoke.parser.context import ParserContext
from invoke.tasks import Task

from console.terminal.problem import Problem
from engine.primitives.faults import did_you_mean

Asked = Literal["tasks", "list", "help", "version"]
HELP = ("--help", "-h")
LIST = ("--list", "-l")
VERSION = ("--version", "-V")


@dataclass(slots=True)
class CommandLine:
    """What is asked for: tasks to run, a list or help (of all, or of `topic`: a family, a task), the version."""

    asked: Asked = "tasks"
    topic: str = ""
    calls: list[ParserContext] = field(default_factory=list)


def read(words: Sequence[str], tasks: Collection) -> CommandLine:
    """The command line. Raises Problem."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            raise Problem(f"{word!r} is not text in UTF-8.") from None
    if not words:
        return CommandLine("help")
    first, *more = words
    name, _, value = first.partition("=")
    if name in VERSION:
        return CommandLine("version")
    if name in LIST:
        return CommandLine("list", value or (more[0] if more else ""))
    if name in HELP:
        return CommandLine("help", _known(value or more[0], tasks) if value or more else "")
    if first.startswith("-"):
        hint = did_you_mean(name, (*HELP, *LIST, *VERSION)) or f"put it behind the task: ./inv TASK {first}"
        raise Problem(f"{name} is no flag of inv itself.", then=hint)
    return _Reader(list(words), tasks).read()


def context_of(name: str, task: Task[Any]) -> ParserContext:
    """A task's flags and places. Invoke takes the help texts out of the task when it makes its flags."""
    texts = dict(task.help)
    context = ParserContext(name, args=task.get_arguments())
    task.help = texts
    return context


class _Reader:
    """One pass over the words, from the left."""

    def __init__(self, words: list[str], tasks: Collection) -> None:
        self.left, self.tasks = words, tasks
        self.names = {*tasks.task_names, *_aliases(tasks)}
        self.line = CommandLine()
        self.open: list[Argument] = []
        self.given: set[str] = set()
        self.last = ""

    def read(self) -> CommandLine:
        while self.left:
            word = self.left.pop(0)
            if word in HELP and self.line.calls:
                return CommandLine("help", str(self.line.calls[-1].name))
            if word.startswith("-") and word != "-" and self.line.calls:
                self._flag(word)
            elif self.open:
                self._positional(word)
            elif word in self.names or not self.line.calls:
                self._finish()
                self._task(word)
            else:
                raise self._stray(word)
        self._finish()
        return self.line

    def _task(self, word: str) -> None:
        name = _known(word, self.tasks)
        call = context_of(name, self.tasks[name])
        self.line.calls.append(call)
        self.open = list(call.positional_args)
        self.given, self.last = set(), name

    def _finish(self) -> None:
        if not self.line.calls:
            return
        call = self.line.calls[-1]
        if lacking := [argument for argument in call.positional_args if argument.value is None]:
            names = " ".join(argument.names[0].upper() for argument in lacking)
            raise Problem(f"{call.name} needs {names}.", then=f"./inv {call.name} --help")

    def _flag(self, word: str) -> None:
        call = self.line.calls[-1]
        flag, equals, value = word.partition("=")
        inverse = call.inverse_flags.get(flag)
        if flag not in call.flags and inverse is None:
            raise self._unknown_flag(flag)
        argument: Argument = call.flags[inverse or flag]
        many = argument.kind is list
        if flag in self.given and not many:
            hint = f"with commas: {flag}={argument.value},{value or '…'}" if flag == "--hosts" else ""
            raise Problem(f"{flag} is given twice.", then=hint)
        self.given.add(flag)
        self.last = flag
        if argument in self.open and not many:
            self.open.remove(argument)
        if not argument.takes_value:
            if equals:
                raise Problem(f"{flag} takes no value.", where=f"{word!r} on the command line", then=f"write {flag}")
            argument.set_value(inverse is None, cast=False)
            return
        if not equals:
            value = self._next_value(call, flag)
        argument.set_value(value, cast=False)

    def _next_value(self, call: ParserContext, flag: str) -> str:
        if not self.left or self.left[0].partition("=")[0] in (*call.flags, *call.inverse_flags, *HELP):
            hint = f"write {flag}=VALUE, also for a value that begins with -"
            raise Problem(f"{flag} needs a value.", then=hint)
        return self.left.pop(0)

    def _positional(self, word: str) -> None:
        argument = self.open[0]
        argument.set_value(word, cast=False)
        self.last = word
        if argument.kind is not list:
            self.open.pop(0)

    def _unknown_flag(self, flag: str) -> Problem:
        call = self.line.calls[-1]
        close = did_you_mean(flag, [*call.flags, *call.inverse_flags, "--help"])
        return Problem(f"{call.name} has no flag {flag}.", then=close or f"./inv {call.name} --help")

    def _stray(self, word: str) -> Problem:
        call = self.line.calls[-1]
        if self.last == "--hosts":
            hosts = call.flags["--hosts"].value
            return Problem(
                f"{word!r} stands alone behind --hosts {hosts}.",
                why="Several hosts are one word, with commas and without spaces.",
                then=f"./inv {call.name} --hosts {hosts},{word}",
            )
        close = did_you_mean(word, self.tasks.task_names)
        return Problem(
            f"{word!r} is neither a flag of {call.name} nor a task.",
            then=close or f"./inv {call.name} --help",
        )


def _known(name: str, tasks: Collection) -> str:
    """The name of a task as the collection has it. Raises Problem with the closest one."""
    if name in tasks.task_names:
        return name
    if name in _aliases(tasks):
        return _aliases(tasks)[name]
    family = [known for known in tasks.task_names if known.startswith(f"{name}.")]
    if family:
        raise Problem(f"{name} is a family of tasks.", then=f"one of: {', '.join(family)}")
    raise Problem(
        f"No runbook or task is called {name!r}.",
        where="the command line",
        then=did_you_mean(name, tasks.task_names) or "see what there is: ./inv --list",
    )


def _aliases(tasks: Collection) -> dict[str, str]:
    return {alias: name for name, aliases in tasks.task_names.items() for alias in aliases}
