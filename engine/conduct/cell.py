"""The next move of one step on one host; the stage's other hosts and the run's end are not its business."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.conduct.guards import Verdict, judge
from engine.conduct.moves import Move, Observe, Perform, Record, TakeWitness
from engine.conduct.questions import (
    ask_failed,
    ask_guide,
    ask_unknown,
    guide_id,
    question_of,
    trouble_id,
)
from engine.language.step import OnFailure
from engine.plan.stage import Plan, Stage
from engine.words.guide import Guide
from incidents.event import Subject
from incidents.folds.run import Cell, RunState, StepStatus
from incidents.vocabulary.run import QuestionAnswered, StepFinished, StepSkipped


@dataclass(frozen=True, slots=True)
class Settled:
    """Nothing more to do here; `then` is what it means for the run."""

    then: Literal["on", "stop", "rollback"] = "on"


@dataclass(frozen=True, slots=True)
class Busy:
    """It runs now."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question about it is open."""

    question: str


Next = Move | Settled | Busy | Waiting


def advance(plan: Plan, stage: Stage, host: str, state: RunState, *, attended: bool, lost: bool) -> Next:
    """What this cell needs. `attended`: a person is there; `lost`: the host was unreachable and given up before."""
    cell = state.cell(stage.path, host)
    if cell.status is StepStatus.PENDING:
        if lost:
            return _skip(stage, host, "unreachable", "the host did not answer before")
        return _try(plan, stage, host, state, cell, 1, attended=attended)
    if cell.status is StepStatus.STARTED:
        return Busy()
    if cell.status is StepStatus.UNKNOWN:
        return _unknown(stage, host, state, cell)
    if cell.status.good:
        return Settled()
    return _bad(plan, stage, host, state, cell, attended=attended)


def _try(
    plan: Plan,
    stage: Stage,
    host: str,
    state: RunState,
    cell: Cell,
    attempt: int,
    *,
    attended: bool,
    delay: float = 0.0,
) -> Next:
    """One attempt: the conditions (until the step was started once), the witness, the act."""
    if cell.started is None:
        verdict = judge(stage, host, state, attempt)
        if isinstance(verdict, Observe):
            return verdict
        if verdict.say == "skip":
            return _skip(stage, host, "when", verdict.reason)
        if verdict.say == "undecided":
            return _undecided(stage, host, attempt, verdict)
        if isinstance(stage.step.word, Guide):
            return _guide(plan, stage, host, state, attended=attended)
    if stage.step.witness is not None and f"before:{attempt}" not in cell.witness:
        return TakeWitness(stage, host, "before", attempt)
    return Perform(stage, host, attempt, delay=delay)


def _guide(plan: Plan, stage: Stage, host: str, state: RunState, *, attended: bool) -> Next:
    question = question_of(state, guide_id(stage, host))
    if question is None:
        if not attended and stage.step.unattended == "skip":
            return _skip(stage, host, "unattended", "nobody was there, and the runbook allows to go on")
        return ask_guide(plan, stage, host, state)
    if question.answer is None:
        return Waiting(question.asked.question)
    if question.answer.choice == "skip":
        return _skip(stage, host, "person", question.answer.reason or f"skipped by {question.by}")
    return _finish(stage, host, 1, StepStatus.OK, f"answered by {question.by}")


def _unknown(stage: Stage, host: str, state: RunState, cell: Cell) -> Next:
    assert cell.started is not None
    if cell.started.effect == "read" or stage.step.idempotent:
        return Perform(stage, host, cell.attempt + 1)
    if cell.acted is not None and cell.acted.done:
        return Perform(stage, host, cell.attempt, act="verify")
    question = question_of(state, trouble_id(stage, host, cell.attempt))
    if question is None:
        return _fresh_look(stage, host, state, cell) or ask_unknown(stage, host, cell, state)
    if question.answer is None:
        return Waiting(question.asked.question)
    match question.answer.choice:
        case "happened":
            return _finish(
                stage, host, cell.attempt, StepStatus.CHANGED, _said(question.answer, question.by, "it happened")
            )
        case "retry":
            return Perform(stage, host, cell.attempt + 1)
        case _:
            return Settled("stop")


def _fresh_look(stage: Stage, host: str, state: RunState, cell: Cell) -> Move | None:
    """Before a person is asked: what the witness and the verifying check say now."""
    step = stage.step
    if step.witness is not None and f"after:{cell.attempt}" not in cell.witness:
        return TakeWitness(stage, host, "after", cell.attempt)
    named = step.verify.check.name if step.verify is not None else None
    if named is not None and (stage.path, host, f"unknown:{stage.chapter.prefix}{named}") not in state.checks:
        return Observe(stage, host, stage.chapter, named, "unknown", cell.attempt)
    return None


def _bad(plan: Plan, stage: Stage, host: str, state: RunState, cell: Cell, *, attended: bool) -> Next:
    retry = stage.step.retry
    if retry is not None and cell.attempt <= retry.times:
        return _try(plan, stage, host, state, cell, cell.attempt + 1, attended=attended, delay=retry.delay)
    policy: OnFailure = stage.on_unreachable if cell.status is StepStatus.UNREACHABLE else stage.on_failure
    if policy == "ask":
        question = question_of(state, trouble_id(stage, host, cell.attempt))
        if question is None:
            return ask_failed(stage, host, cell)
        if question.answer is None:
            return Waiting(question.asked.question)
        if question.answer.choice == "retry":
            return _try(plan, stage, host, state, cell, cell.attempt + 1, attended=attended)
        policy = "continue" if question.answer.choice == "continue" else "stop"
        if question.answer.choice == "rollback":
            policy = "rollback"
    return Settled("on" if policy == "continue" else policy)


def _undecided(stage: Stage, host: str, attempt: int, verdict: Verdict) -> Record:
    status = StepStatus.FAILED if verdict.reached else StepStatus.UNREACHABLE
    return _finish(stage, host, attempt, status, verdict.reason)


def _said(answer: QuestionAnswered, by: str, what: str) -> str:
    return f"{by} said {what}" + (f": {answer.reason}" if answer.reason else "")


def _skip(stage: Stage, host: str, reason: str, detail: str) -> Record:
    return Record(StepSkipped(reason, detail), Subject(step=stage.path, host=host, attempt=1))


def _finish(stage: Stage, host: str, attempt: int, status: StepStatus, message: str) -> Record:
    fact = StepFinished(status.value, None, 0.0, message)
    return Record(fact, Subject(step=stage.path, host=host, attempt=attempt))
