"""The loop that drives one run: conduct, do, commit, fold; one thread owns the ledger's pen and the listeners."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from engine.conduct.conductor import conduct
from engine.conduct.moves import Doing, Move, Park, Perform, Record
from engine.drive.flight import Flight
from engine.drive.listener import Listener
from engine.drive.mailbox import Done, Letter, Mailbox, Said, Shown
from engine.perform.outbox import Abandoned
from engine.perform.performer import Performer
from engine.plan.scope import Soundings
from engine.plan.stage import Plan
from engine.primitives.clock import Clock
from incidents.event import Actor, Event, Subject
from incidents.folds.run import Question, RunState, apply
from incidents.ledger.protocol import Batch, Chunk, Entry, Lease, Ledger
from incidents.vocabulary import Fact, draft
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
        ledger: Ledger,
        lease: Lease,
        plan: Plan,
        state: RunState,
        actor: Actor,
        clock: Clock,
        listeners: Sequence[Listener] = (),
        attendant: Attendant | None = None,
    ) -> None:
        self._ledger, self._lease, self._plan, self._state = ledger, lease, plan, state
        self._actor, self._clock, self._listeners, self._attendant = actor, clock, list(listeners), attendant
        self._wish = ""
        self._stopping = False
        self.mailbox = Mailbox()

    def stop(self, reason: str) -> None:
        """Asks the run to stop: safe in a signal handler and from any thread. Seen within LOOK_AROUND seconds."""
        self._wish = self._wish or reason

    def drive(self, performer: Performer, hosts_at_once: int = HOSTS_AT_ONCE) -> Progress:
        """Until the run is finished or parked. Raises Fenced and LedgerFull; then no performer acts any more."""
        pool = ThreadPoolExecutor(max(1, min(hosts_at_once, len(self._plan.hosts) + 1)), "watchbook")
        flight = Flight(performer, self.mailbox, self._clock, pool)
        try:
            return self._loop(flight, performer)
        finally:
            self.mailbox.close()
            pool.shutdown(wait=False, cancel_futures=True)

    def _loop(self, flight: Flight, performer: Performer) -> Progress:
        while self._state.finished is None:
            moves = conduct(self._plan, self._state, attended=self._attendant is not None)
            facts = [move for move in moves if isinstance(move, Record)]
            if facts:
                self._append([(move.fact, move.subject) for move in facts])
                continue
            if parked := self._order(moves, flight):
                if not self._attend(parked):
                    self._append([(RunParked(list(parked)), Subject())])
                    return Progress(self._state, parked)
                continue
            self._wait(flight)
            if self._state.stop is not None and not self._stopping:
                self._stopping = True
                performer.stop()
        return Progress(self._state)

    def _order(self, moves: list[Move], flight: Flight) -> tuple[str, ...]:
        for move in moves:
            match move:
                case Park(questions):
                    return questions
                case Record():
                    continue
                case _:
                    outcome = move.outcome if isinstance(move, Perform) else ""
                    flight.order(move, Soundings.of(self._state, move.host, outcome))
        return ()

    def _attend(self, questions: tuple[str, ...]) -> bool:
        """Lets the person who is there answer; what another process answered meanwhile is taken first."""
        if self._attendant is None:
            return False
        for name in questions:
            question = self._state.questions[name]
            answer = self._attendant.answer(question)
            self._catch_up()
            if self._state.stop is not None or question.answer is not None:
                return True
            if answer is None:
                return bool(self._wish) and self._take_wish()
            self._append([(answer, Subject(step=question.step, host=question.host))])
        return True

    def _wait(self, flight: Flight) -> None:
        """Takes letters until something changed that could change the moves."""
        if flight.waiting:
            self._clock.sleep(min(flight.pause(), LOOK_AROUND) if self._clock.real else flight.pause())
        timeout = 0.0 if flight.waiting else LOOK_AROUND
        letters = self.mailbox.take(timeout)
        if letters:
            self._handle(letters, flight)
        if not letters or self._wish:
            self._take_wish()
            self._catch_up()

    def _take_wish(self) -> bool:
        if self._wish and self._state.stop is None:
            self._append([(StopRequested(self._wish), Subject())])
            return True
        return False

    def _handle(self, letters: list[Letter], flight: Flight) -> None:
        said: list[tuple[Fact, Subject]] = []
        chunks: list[Chunk] = []
        receipts = []
        for letter in letters:
            match letter:
                case Said(fact, subject, receipt):
                    said.append((fact, subject))
                    if receipt is not None:
                        receipts.append(receipt)
                case Chunk():
                    chunks.append(letter)
                case Shown(subject, stream, data):
                    for listener in self._listeners:
                        listener.output(subject, stream, data)
                case Done(move, error):
                    flight.landed(move)
                    if error is not None and not isinstance(error, Abandoned):
                        said.append(_our_fault(move, error))
        if said or chunks:
            self._append(said, chunks)
        for receipt in receipts:
            receipt.set()

    def _append(self, facts: list[tuple[Fact, Subject]], chunks: Sequence[Chunk] = ()) -> None:
        """One durable transaction, then the fold and the listeners."""
        run = self._plan.run
        drafts = [draft(fact, self._actor, _of_run(subject, run)) for fact, subject in facts]
        entries = [Entry(run, drafts)] if drafts else []
        events = self._ledger.commit(Batch(entries, chunks, self._lease))
        self._fold(events)

    def _fold(self, events: list[Event]) -> None:
        for event in events:
            if event.stream != self._plan.run or event.seq <= self._state.seq:
                continue
            if event.seq > self._state.seq + 1:
                return self._catch_up()
            apply(self._state, event)
            for listener in self._listeners:
                listener.event(event)
        return None

    def _catch_up(self) -> None:
        self._fold(self._ledger.read(self._plan.run, self._state.seq))


def _of_run(subject: Subject, run: str) -> Subject:
    return Subject(run, subject.step, subject.host, subject.attempt)


def _our_fault(move: Doing, error: BaseException) -> tuple[Fact, Subject]:
    """A performer broke: what it did to the host is not known, and is not called failed."""
    stage, host, attempt = move.stage, move.host, move.attempt
    status = "failed" if stage.step.does == "read" or not isinstance(move, Perform) else "unknown"
    message = f"Watchbook itself broke here, please report it: {type(error).__name__}: {error}"
    path = stage.rollback_path if isinstance(move, Perform) and move.act == "rollback" else stage.path
    return StepFinished(status, None, 0.0, message), Subject("", path, host, attempt)
