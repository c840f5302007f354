"""Invoke's program as `./inv` runs it: what was typed, done or explained, with an exit code; it knows no task."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import NoReturn

from invoke.config import Config
from invoke.executor import Executor
from invoke.program import Program

from console.settings import settings
from console.terminal.books import BookTask
from console.terminal.command_line import CommandLine, read
from console.terminal.index import shelf
from console.terminal.listing import help_page, list_page, task_page
from console.terminal.problem import Problem
from console.terminal.task import Told, end

VERSION = "0.1.0"


class Watchbook(Program):
    """Invoke's parser and its start-up are replaced: see command_line. The tasks and their executor are Invoke's."""

    def run(self, argv: Sequence[str] | None = None, exit: bool = True) -> NoReturn:  # noqa: ARG002 - Invoke's own
        """Does what was typed and leaves the process."""
        words = list(sys.argv if argv is None else argv)[1:]
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # no word of a host may be one we cannot print
        try:
            self._told(words)
        except Told as told:
            if told.message:
                print(told.message, file=sys.stderr)
            sys.exit(told.code)
        sys.exit(0)

    def _told(self, words: list[str]) -> None:
        try:
            self._do(words)
            sys.stdout.flush()
        except BaseException as error:  # noqa: BLE001 - every end is told, and none is a traceback
            end(error, as_json="--json" in words)

    def _do(self, words: list[str]) -> None:
        from console.terminal.tasks import namespace  # here, so that a broken checkout is told like any other fault

        self.namespace = namespace()
        if words and isinstance(task := self.namespace.tasks.get(words[0]), BookTask) and task.book.fault:
            task.refuse()
        line = read(words, self.namespace)
        match line.asked:
            case "version":
                print(f"Watchbook {VERSION}")
            case "list":
                print(list_page(self.namespace, line.topic, shelf(settings())))
            case "help" if line.topic:
                print(task_page(line.topic, self.namespace[line.topic]))
            case "help":
                print(help_page(self.namespace, shelf(settings())))
            case "tasks":
                self._execute(line)

    def _execute(self, line: CommandLine) -> None:
        assert self.namespace is not None
        runbooks = [call.name for call in line.calls if isinstance(self.namespace[call.name], BookTask)]
        if runbooks and len(line.calls) > 1:
            raise Problem(
                "A runbook runs alone.",
                where=f"the command line has {' and '.join(str(call.name) for call in line.calls)}",
                why="A word behind --hosts may be a task's name too; hosts are joined by commas, without spaces.",
                then=f"./inv {runbooks[0]} --help",
            )
        Executor(self.namespace, Config()).execute(*line.calls)
