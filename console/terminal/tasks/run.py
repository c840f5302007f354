"""`inv run.*`: look at runs, follow them, answer, resume and stop them; it knows no runbook's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from invoke.context import Context

from console.terminal.exits import Exits
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.stdout import say_json
from console.terminal.task import task
from console.terminal.tasks.book import pair

if TYPE_CHECKING:
    from incidents.folds.run import RunState

ONE = "the run's id, or its end; the newest when it is left out"
JSON = "one JSON object per line, for scripts"


@task(name="list", help={"limit": "how many, the newest first", "json": JSON})
def list_runs(_: Context, limit: str = "20", json: bool = False) -> None:
    """The newest runs and where they stand."""
    with Session() as session:
        from console.terminal.run_pages import list_page, run_json

        states = [(head.stream, *_state(session, head.stream)) for head in session.ledger.heads("run", _count(limit))]
        if json:
            for run, state, driven in states:
                say_json(run_json(run, state, driven=driven))
        else:
            print(list_page(states))


@task(
    positional=["run"],
    help={"run": ONE, "step": "print all output of this step instead", "host": "only this host's", "json": JSON},
)
def show(_: Context, run: str = "", step: str = "", host: str = "", json: bool = False) -> None:
    """Where a run stands, or all output of one step."""
    with Session() as session:
        from console.terminal import run_pages
        from console.terminal.view.lines import event_line

        run = session.named(run, "run")
        state, driven = _state(session, run)
        if step:
            run_pages.print_output(session.ledger, run, state, step, host)
        elif json:
            say_json(run_pages.run_json(run, state, driven=driven))
            for event in session.ledger.read(run):
                say_json(event_line(event))
        else:
            print(run_pages.show_page(run, state, driven=driven))


@task(positional=["run"], help={"run": ONE, "json": JSON})
def follow(_: Context, run: str = "", json: bool = False) -> Outcome:
    """Watch a run that another process drives, until its end."""
    with Session() as session:
        from console.terminal.follow import follow_run

        return follow_run(session, session.named(run, "run"), as_json=json)


@task(
    positional=["run"],
    help={
        "run": ONE,
        "yes": "take guides that ask nothing as done",
        "no_input": "ask nobody: a question parks the run again",
        "json": JSON,
    },
)
def resume(_: Context, run: str = "", yes: bool = False, no_input: bool = False, json: bool = False) -> Outcome:
    """Go on with a run that was left: parked, killed, or never begun."""
    with Session() as session:
        from console.terminal.drive import Manner, drive

        run = session.named(run, "run")
        state, _driven = _state(session, run)
        if state.planned is None:
            raise Problem(f"{run} cannot be read by this version.", then="upgrade first")
        if state.finished is not None:
            raise Problem(
                f"{run} has already ended: {state.finished.outcome}.",
                then=f"./inv run.show {run}",
                exits=Exits.REFUSED,
                run=run,
                incident=state.planned.incident,
            )
        if not json:
            print(f"{run}  {state.planned.book['id']} on {', '.join(state.planned.hosts)}, resumed", flush=True)
        return drive(session, state.planned, Manner(yes=yes, no_input=no_input, json=json))


@task(
    positional=["run"],
    iterable=["set"],
    help={
        "run": ONE,
        "question": "which one, when several are open",
        "choice": "one of its choices (done when it can be)",
        "set": "a value it asks for, as name=value (again for more)",
        "reason": "why, for the record",
        "json": JSON,
    },
)
def answer(
    _: Context,
    set: list[str],
    run: str = "",
    question: str = "",
    choice: str = "",
    reason: str = "",
    json: bool = False,
) -> Outcome:
    """Answer a question that a run parked on; one answer a question."""
    with Session() as session:
        from engine.drive import people

        run = session.named(run, "run")
        values = dict(pair(entry) for entry in set)
        given = people.answer(
            session.ledger, run, session.actor, question=question, choice=choice, values=values, reason=reason
        )
        assert given.answer is not None
        state, driven = _state(session, run)
        if not json:
            print(f"{run}  {given.asked.question}: {given.answer.choice}")
            then = f"run.follow {run}" if driven else f"run.resume {run}"
            print(f"  next    ./inv {then}")
        assert state.planned is not None
        return Outcome("answered", run=run, incident=state.planned.incident)


@task(positional=["run"], help={"run": ONE, "reason": "why, for the record", "json": JSON})
def stop(_: Context, run: str = "", reason: str = "asked for", json: bool = False) -> Outcome:
    """Ask a run to stop: what runs is ended on its host, and `finally` still runs."""
    with Session() as session:
        from engine.drive import people

        run = session.named(run, "run")
        people.request_stop(session.ledger, run, session.actor, reason)
        state, driven = _state(session, run)
        if not json:
            print(f"{run}  will stop")
            print(f"  next    ./inv run.{'follow' if driven else 'resume'} {run}")
        assert state.planned is not None
        return Outcome("asked", run=run, incident=state.planned.incident)


def _state(session: Session, run: str) -> tuple[RunState, bool]:
    """The run as its stream tells it, and whether a living process drives it."""
    from incidents.folds.run import fold

    return fold(session.ledger.read(run)), session.ledger.holder(run) is not None


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 1000:
        raise Problem(f"--limit is a number from 1 to 1000, not {text!r}.")
    return int(text)
