"""What every task of ours is: Invoke's own, which ends in words and an exit code and never in a traceback."""

from __future__ import annotations

import functools
from typing import Any, NoReturn

from invoke.exceptions import Exit
from invoke.tasks import Task
from invoke.tasks import task as invoke_task

from console.terminal.exits import Exits
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.stdout import nobody_reads, say_json


class Told(Exit):
    """The end of a command that has been told already, apart from the words that stderr still gets."""


class ToldTask(Task[Any]):
    """Turns whatever a task returns or raises into its last line and its exit code, under plain `invoke` too.

    A task returns None or an Outcome. One that is called with `json` prints the outcome as its last line.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        as_json = bool(kwargs.get("json"))
        try:
            outcome = super().__call__(*args, **kwargs) or Outcome()
            if as_json:
                say_json(outcome.to_json())
        except BaseException as error:  # noqa: BLE001 - every end is told, and none is a traceback
            end(error, as_json=as_json)
        if outcome.exits:
            raise Told(code=int(outcome.exits))


task = functools.partial(invoke_task, klass=ToldTask, auto_shortflags=False)
"""Invoke's decorator for our tasks. Short flags are not guessed: `--host` and `--help` would fight for `-h`."""


def end(error: BaseException, *, as_json: bool) -> NoReturn:
    """Tells what went wrong by raising the Told that says so."""
    if isinstance(error, Told):
        raise error
    if isinstance(error, BrokenPipeError):
        nobody_reads()  # which is no fault: `inv run.list | head -1`
        raise Told(code=int(Exits.DONE)) from None
    if isinstance(error, Exit) and not isinstance(error, Problem):
        problem = Problem(error.message or "", exits=Exits(error.code))
    else:
        from console.terminal.explain import explain

        problem = explain(error)
    if as_json:
        say_json(problem.to_json())
        say_json(Outcome(exits=problem.exits, run=problem.run, incident=problem.incident).to_json())
    raise Told(problem.text(), int(problem.exits)) from None
