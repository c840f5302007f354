"""Shows a run that another process drives, from the ledger alone; it cannot touch it."""

from __future__ import annotations

import time

from console.terminal.drive import live_view
from console.terminal.exits import OUTCOMES, Exits
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.view.ending import ending
from console.terminal.view.lines import JsonView
from console.terminal.view.screen import Screen
from engine.drive.listener import Listener
from engine.reach.place import Stream
from incidents.event import Event, Subject
from incidents.folds.run import RunState, apply, fold
from incidents.ledger.protocol import Ledger
from incidents.vocabulary import read
from incidents.vocabulary.run import StepFinished, StepStarted

EVERY = 0.2
"""Seconds between two looks."""
STREAMS: tuple[Stream, Stream] = ("out", "err")


def follow_run(session: Session, run: str, *, as_json: bool) -> Outcome:
    """Until it ends, parks, or nobody drives it any more."""
    ledger = session.ledger
    planned = fold(ledger.read(run)).planned
    if planned is None:
        raise Problem(f"{run} cannot be read by this version.", then="upgrade first")
    view: Listener = JsonView() if as_json else live_view(session, Screen(), planned, questions=True)
    outputs = _Outputs(ledger, run, view)
    state = RunState()
    while True:
        driven = ledger.holder(run) is not None
        for event in ledger.read(run, state.seq):
            outputs.before(event)
            apply(state, event)
            view.event(event)
        outputs.catch_up()
        if state.finished or not driven:
            break
        time.sleep(EVERY)
    word = "waiting" if state.parked and not state.finished else state.status(driven=False)
    outcome = Outcome(word, OUTCOMES.get(word, Exits.UNKNOWN), run, planned.incident)
    if not as_json:
        print("\n".join(ending(state, outcome, session.inv)))
    return outcome


class _Outputs:
    """What the steps that are under way have printed so far."""

    def __init__(self, ledger: Ledger, run: str, view: Listener) -> None:
        self._ledger, self._run, self._view = ledger, run, view
        self._offsets: dict[tuple[Subject, Stream], int] = {}

    def before(self, event: Event) -> None:
        """Opens the outputs of a step that starts; shows the rest of one that ended, before its last line."""
        match read(event):
            case StepStarted():
                self._offsets.update({(event.subject, stream): 0 for stream in STREAMS})
            case StepFinished():
                for stream in STREAMS:
                    if (event.subject, stream) in self._offsets:
                        self._show(event.subject, stream)
                        del self._offsets[event.subject, stream]
            case _:
                pass

    def catch_up(self) -> None:
        """Shows what came since."""
        for subject, stream in self._offsets:
            self._show(subject, stream)

    def _show(self, subject: Subject, stream: Stream) -> None:
        for chunk in self._ledger.output(self._run, subject.output(stream), self._offsets[subject, stream]):
            self._view.output(subject, stream, chunk.data)
            self._offsets[subject, stream] = chunk.offset + len(chunk.data)
