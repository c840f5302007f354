"""A run, folded from its stream: every step on every host, questions, values; no second truth beside the events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from incidents.event import Event, Json, Subject
from incidents.vocabulary import Fact, Unread, read
from incidents.vocabulary.run import (
    CheckObserved,
    QuestionAnswered,
    QuestionAsked,
    RunFinished,
    RunParked,
    RunPlanned,
    RunStarted,
    StepActed,
    StepFinished,
    StepSkipped,
    StepStarted,
    StopRequested,
    WitnessTaken,
)


class StepStatus(StrEnum):
    """A step on a host. Started without an end is running while its controller lives, else unknown."""

    PENDING = "pending"
    STARTED = "started"
    UNKNOWN = "unknown"
    OK = "ok"
    CHANGED = "changed"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    ROLLED_BACK = "rolled_back"

    @property
    def good(self) -> bool:
        """True when the run may simply go on."""
        return self in _GOOD

    @property
    def bad(self) -> bool:
        """True when on_failure or on_unreachable decides what follows."""
        return self in _BAD


_GOOD = frozenset({StepStatus.OK, StepStatus.CHANGED, StepStatus.SKIPPED, StepStatus.ROLLED_BACK})
_BAD = frozenset({StepStatus.FAILED, StepStatus.UNREACHABLE, StepStatus.TIMED_OUT})


@dataclass(slots=True)
class Cell:
    """One step on one host, across its attempts."""

    status: StepStatus = StepStatus.PENDING
    attempt: int = 0
    started: StepStarted | None = None
    started_at: datetime | None = None
    acted: StepActed | None = None
    finished: StepFinished | None = None
    ended_at: datetime | None = None
    skipped: StepSkipped | None = None
    witness: dict[str, str | None] = field(default_factory=dict)


@dataclass(slots=True)
class Question:
    """A question and, once given, its one answer."""

    asked: QuestionAsked
    step: str
    host: str
    answer: QuestionAnswered | None = None
    by: str = ""


@dataclass(slots=True)
class RunState:
    """What a run's stream says. `seq` is the last event folded; `unread` facts block acting."""

    seq: int = 0
    planned: RunPlanned | None = None
    opened_at: datetime | None = None
    last_at: datetime | None = None
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    checks: dict[tuple[str, str, str], tuple[int, CheckObserved]] = field(default_factory=dict)
    """(step, host, purpose:check) to the attempt it was seen for and what it said."""
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    """Outputs by host; answers of people stand under the empty name and hold for every host."""
    questions: dict[str, Question] = field(default_factory=dict)
    started: RunStarted | None = None
    parked: RunParked | None = None
    stop: StopRequested | None = None
    finished: RunFinished | None = None
    unread: list[tuple[int, Unread]] = field(default_factory=list)

    def cell(self, step: str, host: str) -> Cell:
        """The cell, pending when nothing happened yet (not kept)."""
        return self.cells.get((step, host)) or Cell()

    @property
    def open_questions(self) -> list[Question]:
        """Questions without an answer, in the order they were asked."""
        return [question for question in self.questions.values() if question.answer is None]

    def status(self, *, driven: bool) -> str:
        """The run's word: planned, waiting, running, unknown, or its outcome. `driven`: a living controller has it."""
        if self.finished:
            return self.finished.outcome
        if driven:
            return "running"
        if any(cell.status in (StepStatus.STARTED, StepStatus.UNKNOWN) for cell in self.cells.values()):
            return "unknown"
        if self.open_questions:
            return "waiting"
        return "planned" if self.started is None else "unknown"

    def shown(self, step: str, host: str, *, driven: bool) -> str:
        """A cell's status as people see it: `started` is running while driven, unknown otherwise."""
        status = self.cell(step, host).status
        if status is StepStatus.STARTED:
            return "running" if driven else "unknown"
        return status.value


def fold(events: Iterable[Event]) -> RunState:
    """The state after these events, from an empty one."""
    state = RunState()
    for event in events:
        apply(state, event)
    return state


def apply(state: RunState, event: Event) -> None:
    """Folds one more event in."""
    state.seq = event.seq
    fact = read(event)
    if isinstance(fact, Unread):
        state.unread.append((event.seq, fact))
    foresee(state, fact, event.subject, event.at, event.actor.id)


def foresee(state: RunState, fact: Fact, subject: Subject, at: datetime, by: str) -> None:
    """Folds a fact that is about to be appended; `seq` stays until its event is there."""
    state.last_at = at
    state.opened_at = state.opened_at or at
    _apply_run(state, fact, subject, by)
    if subject.step:
        _apply_step(state, fact, subject, at)


def _apply_run(state: RunState, fact: Fact, subject: Subject, by: str) -> None:
    match fact:
        case RunPlanned():
            state.planned = fact
        case RunStarted():
            state.started, state.parked = fact, None
            state.checks.clear()  # a look is never older than the controller that acts on it
            for cell in state.cells.values():
                if cell.status is StepStatus.STARTED:
                    cell.status = StepStatus.UNKNOWN
        case RunParked():
            state.parked = fact
        case StopRequested():
            state.stop = fact
        case RunFinished():
            state.finished = fact
        case QuestionAsked():
            state.questions[fact.question] = Question(fact, subject.step, subject.host)
        case QuestionAnswered():
            _answer(state, fact, by)
        case _:
            pass


def _answer(state: RunState, fact: QuestionAnswered, by: str) -> None:
    question = state.questions.get(fact.question)
    if question is None or question.answer is not None:
        return
    question.answer, question.by = fact, by
    state.values.setdefault("", {}).update(fact.values)


def _apply_step(state: RunState, fact: Fact, subject: Subject, at: datetime) -> None:
    key = (subject.step, subject.host)
    match fact:
        case StepStarted():
            cell = state.cells.setdefault(key, Cell())
            cell.status, cell.attempt = StepStatus.STARTED, subject.attempt
            cell.started, cell.started_at = fact, at
            cell.acted = cell.finished = None
        case StepActed():
            state.cells.setdefault(key, Cell()).acted = fact
        case StepFinished():
            cell = state.cells.setdefault(key, Cell())
            cell.status, cell.attempt = StepStatus(fact.status), subject.attempt
            cell.finished, cell.ended_at = fact, at
            if cell.status.good:
                state.values.setdefault(subject.host, {}).update(fact.outputs)
        case StepSkipped():
            state.cells[key] = Cell(StepStatus.SKIPPED, subject.attempt, skipped=fact, ended_at=at)
        case WitnessTaken():
            state.cells.setdefault(key, Cell()).witness[f"{fact.moment}:{subject.attempt}"] = fact.value
        case CheckObserved():
            state.checks[subject.step, subject.host, f"{fact.purpose}:{fact.check}"] = (subject.attempt, fact)
        case _:
            pass
