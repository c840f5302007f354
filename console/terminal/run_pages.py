"""A run on paper: the list of runs, one run's steps and questions, and all output of a step; it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import get_args

from console.terminal.problem import Problem
from console.terminal.view.ending import asked
from console.terminal.view.paint import fit, harmless
from console.terminal.view.raw import print_raw
from engine.reach.place import Stream
from incidents.folds.run import Cell, RunState
from incidents.ledger.protocol import Ledger

State = tuple[str, RunState, bool]
"""A run's id, what its stream says, and whether a living process drives it."""
COLUMNS = 79


def list_page(runs: Sequence[State]) -> str:
    """One line a run, the newest first."""
    if not runs:
        return "No runs yet. The first one: ./inv demo"
    return "\n".join(fit(_line(*entry), COLUMNS) for entry in runs)


def run_json(run: str, state: RunState, *, driven: bool) -> dict[str, object]:
    """A run for scripts."""
    planned = state.planned
    return {
        "schema": "watchbook/run/1",
        "run": run,
        "incident": planned.incident if planned else None,
        "book": planned.book["id"] if planned else None,
        "hosts": planned.hosts if planned else [],
        "status": state.status(driven=driven),
        "opened": state.opened_at.isoformat() if state.opened_at else None,
        "questions": [question.asked.question for question in state.open_questions],
        "steps": [
            {"step": step, "host": host, "attempt": cell.attempt, "status": state.shown(step, host, driven=driven)}
            for (step, host), cell in state.cells.items()
        ],
    }


def show_page(run: str, state: RunState, *, driven: bool) -> str:
    """One run: where it stands, every step on every host, and what it asks."""
    return "\n".join(_show(run, state, driven))


def print_output(ledger: Ledger, run: str, state: RunState, step: str, host: str) -> None:
    """All kept output of a step's last attempt. Raises Problem."""
    cells = [(at, cell) for (path, at), cell in state.cells.items() if path == step and host in ("", at)]
    if not cells:
        known = ", ".join(dict.fromkeys(path for path, _ in state.cells)) or "none has run"
        raise Problem(f"{run} has no step {step!r}{f' on {host}' if host else ''}.", then=f"its steps: {known}")
    for at, cell in cells:
        if len(cells) > 1:
            print(f"--- {at}", flush=True)
        for stream in get_args(Stream):
            for chunk in ledger.output(run, f"{step}/{at or '-'}/{cell.attempt}/{stream}"):
                print_raw(chunk.data)


def _line(run: str, state: RunState, driven: bool) -> str:
    planned = state.planned
    book = f"{planned.book['id']} on {', '.join(planned.hosts)}" if planned else "not readable by this version"
    return f"{run}  {state.status(driven=driven):15} {book}"


def _show(run: str, state: RunState, driven: bool) -> Iterator[str]:
    yield _line(run, state, driven)
    if state.planned:
        yield f"{state.planned.incident}  its record"
    if state.opened_at:
        yield f"opened {state.opened_at:%Y-%m-%d %H:%M:%S} UTC"
    yield ""
    width = max((len(host) for _, host in state.cells), default=0)
    for (step, host), cell in state.cells.items():
        status = state.shown(step, host, driven=driven).replace("_", " ")
        yield fit(f"  {host:{width}}  {step:20} {status:11} {_detail(cell)}".rstrip(), COLUMNS)
    for question in state.open_questions:
        yield from ("", *asked(run, question, "./inv"))
    if not state.finished:
        yield ""
        yield f"  next    ./inv run.{'follow' if driven else 'resume'} {run}"


def _detail(cell: Cell) -> str:
    if cell.skipped:
        return harmless(cell.skipped.detail or cell.skipped.reason)
    if cell.finished is None:
        return harmless(cell.started.display) if cell.started else ""
    parts: Iterable[str] = (
        f"{cell.finished.seconds:.1f} s",
        {True: "verified", False: "not verified", None: ""}[cell.finished.verified],
        harmless(cell.finished.message),
    )
    return ", ".join(part for part in parts if part)
