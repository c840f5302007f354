"""What the run asks people, in their words: ids a person can type, choices with one meaning each."""

from __future__ import annotations

from engine.conduct.moves import Record
from engine.plan.scope import Soundings, scope_of
from engine.plan.stage import Plan, Stage
from incidents.event import Json, Subject
from incidents.folds.run import Cell, Question, RunState
from incidents.vocabulary.run import QuestionAsked

AFTER_FAILURE = ["retry", "continue", "stop", "rollback"]
WHEN_UNKNOWN = ["happened", "retry", "stop"]


def guide_id(stage: Stage, host: str) -> str:
    """`read-log`, or `read-log@web-1` when it is asked per host."""
    return f"{stage.path}@{host}" if host else stage.path


def trouble_id(stage: Stage, host: str, attempt: int) -> str:
    """`restart@web-1#2`: a failed or unknown step is asked about once per attempt."""
    return f"{stage.path}@{host}#{attempt}"


def ask_guide(plan: Plan, stage: Stage, host: str, state: RunState) -> Record:
    """The question of a guide step, with what its names mean by now."""
    step = stage.step
    inputs: dict[str, Json] = {
        name: wanted.model_dump(mode="json", exclude_defaults=True) for name, wanted in step.input.items()
    }
    scope = scope_of(plan, stage.chapter, host, Soundings.of(state, host))
    text = f"{step.title}: {step.word.show(scope)}" if step.title else step.word.show(scope)
    return _ask(stage, host, 1, QuestionAsked(guide_id(stage, host), "guide", text, ["done", "skip"], inputs))


def ask_failed(stage: Stage, host: str, cell: Cell) -> Record:
    """What to do about a step that failed."""
    assert cell.finished is not None
    about = "unreachable" if cell.status == "unreachable" else "failed"
    where = f" on {host}" if host else ""
    text = f"{stage.step.title or stage.path}{where}: {cell.status.value.replace('_', ' ')}. {cell.finished.message}"
    choices = AFTER_FAILURE
    facts: dict[str, Json] = {"exit": cell.finished.exit, "attempt": cell.attempt}
    question = QuestionAsked(trouble_id(stage, host, cell.attempt), about, text.strip(), choices, {}, facts)
    return _ask(stage, host, cell.attempt, question)


def ask_unknown(stage: Stage, host: str, cell: Cell, state: RunState) -> Record:
    """Did it happen? With everything the record and a fresh look can say."""
    assert cell.started is not None
    where = f" on {host}" if host else ""
    text = (
        f"{stage.step.title or stage.path}{where} was started and its end was never seen. "
        "Did it happen? (retry runs it once more)"
    )
    facts: dict[str, Json] = {
        "command": cell.started.display,
        "effect": cell.started.effect,
        "started_at": cell.started_at.isoformat(timespec="seconds") if cell.started_at else None,
        "boot_id": cell.started.boot_id,
    }
    if cell.acted:
        facts["act"] = f"ended with {cell.acted.message or cell.acted.exit}; only its verification was lost"
    for moment in ("before", "after"):
        if (value := cell.witness.get(f"{moment}:{cell.attempt}")) is not None:
            facts[f"witness_{moment}"] = value
    for (path, at, check), (_, seen) in state.checks.items():
        if path == stage.path and at == host and check.startswith("unknown:"):
            facts[f"check {seen.check} now"] = f"{'passes' if seen.passed else 'does not pass'}: {seen.detail}"
    question = QuestionAsked(trouble_id(stage, host, cell.attempt), "unknown", text, WHEN_UNKNOWN, {}, facts)
    return _ask(stage, host, cell.attempt, question)


def question_of(state: RunState, question: str) -> Question | None:
    """The question, asked or answered, or None when it was never put."""
    return state.questions.get(question)


def _ask(stage: Stage, host: str, attempt: int, fact: QuestionAsked) -> Record:
    return Record(fact, Subject(step=stage.path, host=host, attempt=attempt))
