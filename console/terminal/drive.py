"""Drives one run from this terminal, the same way for a start, a resume and the demo; the engine decides every step."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from console.terminal.exits import OUTCOMES, Exits
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.prompts import Prompts, asks_nothing
from console.terminal.session import Session
from console.terminal.signals import Signals
from console.terminal.stdout import say, say_json
from console.terminal.view.ending import ending
from console.terminal.view.lines import JsonView
from console.terminal.view.live import LiveView
from console.terminal.view.screen import Screen
from engine.drive import people
from engine.drive.controller import Controller
from engine.drive.driver import Progress
from engine.inventory.host import stored_hosts
from engine.plan.layout import lay_out
from engine.reach.hosts import HostReach
from incidents.folds.run import RunState, StepStatus
from incidents.ledger.protocol import Held, LedgerError
from incidents.vocabulary.run import RunPlanned


@dataclass(frozen=True, slots=True)
class Manner:
    """How the person wants it: flags of every runbook."""

    yes: bool = False
    no_input: bool = False
    json: bool = False

    @property
    def attended(self) -> bool:
        """Somebody is there to be asked."""
        return not self.no_input and not self.json and sys.stdin.isatty() and sys.stderr.isatty()


def drive(session: Session, planned: RunPlanned, manner: Manner) -> Outcome:
    """Until the run ends or parks. Raises what a controller raises; a Problem when the ledger fails."""
    screen = Screen()
    view = live_view(session, screen, planned)
    listeners = [JsonView()] if manner.json else [view]
    signals = Signals(
        lambda reason: controller.stop(reason),
        lambda: _farewell(session, view, f"{session.inv} run.resume {planned.run}"),
        screen.go_away,
    )
    prompts = Prompts(screen, signals, yes=manner.yes) if manner.attended else None

    def make() -> Controller:
        reach = HostReach(session.settings.known_hosts, stored_hosts(planned.inventory))
        return Controller(
            session.ledger, planned.run, session.actor, listeners=listeners, attendant=prompts, reach=reach
        )

    controller = make()
    with signals:
        try:
            progress = controller.drive()
            while prompts is None and manner.yes and not signals.stopped and _say_yes(session, planned.run, progress):
                controller = make()
                progress = controller.drive()
        except Held:
            raise
        except LedgerError as error:
            raise _let_go(error, planned, session.inv) from error
    outcome = _outcome(planned, progress, interrupted=signals.stopped)
    report = _report(session, planned.incident) if progress.state.finished else ""
    if manner.json and report:
        say_json({"schema": "watchbook/report/1", "incident": planned.incident, "path": report})
    elif not manner.json:
        say("\n".join(ending(progress.state, outcome, session.inv, report)))
    return outcome


def live_view(session: Session, screen: Screen, planned: RunPlanned, *, questions: bool = False) -> LiveView:
    """The view of a run, with the titles its own book gives its steps."""
    stages = lay_out(planned).stages
    titles = {stage.path: stage.step.title or stage.step.id for stage in stages}
    hosts = tuple(dict.fromkeys(host for stage in stages for host in stage.hosts))
    return LiveView(screen, session.inv, planned.run, titles, hosts, questions=questions)


def _report(session: Session, incident: str) -> str:
    """Where the record's report was written. The run is over: that it cannot be written changes nothing about it."""
    from console.terminal.reports import write_report  # its templates are heavy, and the first step waits for nobody

    try:
        return str(write_report(session, incident))
    except OSError as wrong:
        return f"not written: {wrong.strerror}"


def _say_yes(session: Session, run: str, progress: Progress) -> bool:
    """Takes parked guides that ask for nothing as done; True when nothing else is open, so that the run can go on."""
    questions = [progress.state.questions[name] for name in progress.parked]
    if not questions or not all(asks_nothing(question.asked) for question in questions):
        return False
    for question in questions:
        people.answer(session.ledger, run, session.actor, question=question.asked.question, reason="--yes")
    return True


def _outcome(planned: RunPlanned, progress: Progress, *, interrupted: bool) -> Outcome:
    word = "waiting" if progress.parked else progress.state.status(driven=False)
    exits = OUTCOMES.get(word, Exits.UNKNOWN)
    if word == "failed" and _only_unreachable(progress.state):
        exits = Exits.UNREACHABLE
    if word == "stopped" and interrupted:
        exits = Exits.INTERRUPTED
    return Outcome(word, exits, planned.run, planned.incident)


def _only_unreachable(state: RunState) -> bool:
    bad = {cell.status for cell in state.cells.values() if cell.status.bad}
    return bad == {StepStatus.UNREACHABLE}


def _let_go(error: LedgerError, planned: RunPlanned, inv: str) -> Problem:
    return Problem(
        str(error),
        why="Nothing more was started; a step under way is unknown until the run is taken up again.",
        then=f"{error.hint}\n{inv} run.resume {planned.run}".strip(),
        exits=Exits.UNKNOWN,
        run=planned.run,
        incident=planned.incident,
    )


def _farewell(session: Session, view: LiveView, resume: str) -> str:
    session.abandon()
    unknown = ", ".join(f"{step} on {host or 'no host'}" for step, host, _ in view.under_way)
    left = f"Unknown from here on: {unknown}.\n" if unknown else "No step was under way.\n"
    return f"\n{left}Go on: {resume}\n"
