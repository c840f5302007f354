"""The loop that drives one run: conduct, write down, do; one thread holds the pen and the listeners."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from engine.conduct.conductor import conduct
from engine.conduct.moves import Doing, Observe, Park, Perform, Record, TakeWitness
from engine.drive.flight import Flight
from engine.drive.listener import Audience
from engine.drive.mailbox import Done, Letter, Mailbox, Said, Shown
from engine.drive.pen import Pen
from engine.perform.outbox import Abandoned
from engine.perform.performer import Performer
from engine.plan.scope import Soundings
from engine.plan.stage import Plan
from engine.primitives.clock import Clock
from incidents.event import Subject
from incidents.folds.run import Question, RunState
from incidents.ledger.protocol import Chunk
from incidents.vocabulary import Fact
from incidents.vocabulary.run import QuestionAnswered, RunParked, StepFinished, StopRequested

LOOK_AROUND = 0.25
"""Seconds between looks at the ledger for what other processes wrote (answers, a stop)."""
HOSTS_AT_ONCE = 50


class Attendant(Protocol):
    """A person who is there now."""

    def answer(self, question: Question) -> QuestionAnswered | None:
        """The answer, or None to leave it open (the run parks)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a drive left the run: its state, and the open questions it parked on."""

    state: RunState
    parked: tuple[str, ...] = ()


class Driver:
    """Drives one run from where its stream stands to its end or to a question nobody answers."""

    def __init__(
        self,
        plan: Plan,
        pen: Pen,
        clock: Clock,
        audience: Audience,
        attendant: Attendant | None = None,
    ) -> None:
        self._plan, self._pen, self._clock = plan, pen, clock
        self._audience, self._attendant = audience, attendant
        self._wish = ""
        self.mailbox = Mailbox()

    def stop(self, reason: str) -> None:
        """Asks the run to stop: safe in a signal handler and from any thread. Seen within LOOK_AROUND seconds."""
        self._wish = self._wish or reason

    def drive(self, performer: Performer, hosts_at_once: int = HOSTS_AT_ONCE) -> Progress:
        """Until the run is finished or parked. Raises Fenced and LedgerFull; then no performer acts any more."""
        pool = ThreadPoolExecutor(max(1, min(hosts_at_once, len(self._plan.hosts) + 1)), "watchbook")
        try:
            return self._loop(Flight(performer, self.mailbox, self._clock, pool))
        finally:
            self.mailbox.close()
            pool.shutdown(wait=False, cancel_futures=True)

    def _loop(self, flight: Flight) -> Progress:
        stopping = False
        while True:
            questions = self._advance(flight)
            if self._pen.state.finished is not None:
                return Progress(self._pen.state)
            if questions and not self._attend(questions):
                self._pen.note(RunParked(list(questions)), Subject())
                self._pen.flush()
                return Progress(self._pen.state, questions)
            if not questions:
                self._wait(flight)
            if self._pen.state.stop is not None and not stopping:
                stopping = True
                flight.performer.stop()

    def _advance(self, flight: Flight) -> tuple[str, ...]:
        """Writes down and starts all that can be; answers the questions it stands at, when it stands."""
        starting: list[tuple[Doing, Soundings]] = []
        questions: tuple[str, ...] = ()
        recorded = True
        while recorded and self._pen.state.finished is None:
            recorded = False
            for move in conduct(self._plan, self._pen.state, attended=self._attendant is not None):
                match move:
                    case Record(fact, subject):
                        self._pen.note(fact, subject)
                        recorded = True
                    case Park(names):
                        questions = names
                    case Observe() | TakeWitness() | Perform():
                        self._begin(move, flight, starting)
        self._pen.flush()
        for move, known in starting:
            flight.start(move, known)
        return questions

    def _begin(self, move: Doing, flight: Flight, starting: list[tuple[Doing, Soundings]]) -> None:
        """Notes the intent of an act; it starts when that is durable."""
        if not flight.claim(move):
            return
        outcome = move.outcome if isinstance(move, Perform) else ""
        known = Soundings.of(self._pen.state, move.host, outcome)
        if isinstance(move, Perform) and move.act != "verify":
            self._pen.note(flight.performer.intent(move, known), _subject(move))
        starting.append((move, known))

    def _attend(self, questions: tuple[str, ...]) -> bool:
        """Lets the person who is there answer; what another process answered meanwhile is taken first."""
        if self._attendant is None:
            return False
        for name in questions:
            question = self._pen.state.questions[name]
            answer = self._attendant.answer(question)
            self._pen.catch_up()
            if self._pen.state.stop is not None or self._pen.state.questions[name].answer is not None:
                return True
            if answer is None:
                return self._take_wish()
            self._pen.note(answer, Subject(step=question.step, host=question.host))
        return True

    def _take_wish(self) -> bool:
        if not self._wish or self._pen.state.stop is not None:
            return False
        self._pen.note(StopRequested(self._wish), Subject())
        return True

    def _wait(self, flight: Flight) -> None:
        """Takes what performers tell; when they say nothing, looks at what other processes wrote."""
        pause = flight.pause
        if pause is not None:
            self._clock.sleep(min(pause, LOOK_AROUND) if self._clock.real else pause)
        letters = self.mailbox.take(LOOK_AROUND if pause is None else 0.0)
        for letter in letters:
            self._read(letter, flight)
        if self._wish:
            self._take_wish()
        if not letters:
            self._pen.catch_up()

    def _read(self, letter: Letter, flight: Flight) -> None:
        match letter:
            case Said(fact, subject):
                self._pen.note(fact, subject)
            case Chunk():
                self._pen.keep(letter)
            case Shown(subject, stream, data):
                self._audience.output(subject, stream, data)
            case Done(name, move, error):
                flight.landed(name)
                if error is not None and not isinstance(error, Abandoned):
                    self._pen.note(*_our_fault(move, error))


def _subject(move: Doing) -> Subject:
    back = isinstance(move, Perform) and move.act == "rollback"
    return Subject("", move.stage.rollback_path if back else move.stage.path, move.host, move.attempt)


def _our_fault(move: Doing, error: BaseException) -> tuple[Fact, Subject]:
    """A performer broke: what it did to the host is not known, and is not called failed."""
    status = "unknown" if isinstance(move, Perform) and move.stage.step.does != "read" else "failed"
    message = f"Watchbook itself broke here, please report it: {type(error).__name__}: {error}"
    return StepFinished(status, None, 0.0, message), _subject(move)
