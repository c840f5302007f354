"""What people do to a run from outside it: answer its question, once, and ask it to stop."""

from __future__ import annotations

from collections.abc import Mapping

from engine.drive.refused import Refused
from engine.language.declared import Input
from incidents.event import Actor, Json, Subject
from incidents.folds.run import Question, RunState, fold
from incidents.ledger.protocol import Batch, Conflict, Entry, Ledger
from incidents.vocabulary import draft
from incidents.vocabulary.run import QuestionAnswered, StopRequested

TRIES = 20
"""Somebody else may append between our look and our answer; they do not do so for ever."""


def answer(
    ledger: Ledger,
    run: str,
    actor: Actor,
    *,
    question: str = "",
    choice: str = "",
    values: Mapping[str, str] | None = None,
    reason: str = "",
) -> Question:
    """Gives a question its one answer. `question` may be left out when one is open, `choice` when it can be `done`.

    Raises Refused: no such question, already answered (by whom), no such choice, an ill-formed value.
    """
    for _ in range(TRIES):
        state = fold(ledger.read(run))
        found = _question(state, run, question)
        given = compose(found, choice, values or {}, reason)
        entry = Entry(run, [draft(given, actor, Subject(run, found.step, found.host))], expect=state.seq)
        try:
            ledger.commit(Batch([entry]))
        except Conflict:
            continue
        found.answer, found.by = given, actor.id
        return found
    raise Refused(f"{run} is being written to so fast that the answer found no place", "Try again.")


def request_stop(ledger: Ledger, run: str, actor: Actor, reason: str) -> None:
    """Asks whoever drives the run to stop it; a run nobody drives stops when it is next resumed."""
    state = fold(ledger.read(run))
    if state.planned is None:
        raise Refused(f"there is no run {run}", "List them: ./inv run.list")
    if state.finished is not None:
        raise Refused(f"{run} has already ended: {state.finished.outcome}", f"Look at it: ./inv run.show {run}")
    ledger.commit(Batch([Entry(run, [draft(StopRequested(reason), actor, Subject(run))])]))


def compose(question: Question, choice: str, values: Mapping[str, str], reason: str) -> QuestionAnswered:
    """The answer as an event, its values read as the question wants them. Raises Refused, every problem at once."""
    asked = question.asked
    chosen = choice or ("done" if "done" in asked.choices else "")
    problems = []
    if chosen not in asked.choices:
        said = f"{choice!r} is not a choice of {asked.question}" if choice else f"{asked.question} needs a choice"
        problems.append(f"{said}; the choices are {', '.join(asked.choices)}")
    read: dict[str, Json] = {}
    if chosen != "skip":
        read = _values(asked.inputs, values, problems)
    if problems:
        raise Refused("; ".join(problems), "See what is asked: ./inv run.list, then ./inv run.show ID")
    return QuestionAnswered(asked.question, chosen, read, reason)


def _values(wanted: Mapping[str, Json], given: Mapping[str, str], problems: list[str]) -> dict[str, Json]:
    read: dict[str, Json] = {}
    problems.extend(f"nothing named {name} is asked; {', '.join(wanted) or 'no values'} may be given"
                    for name in given if name not in wanted)  # fmt: skip
    for name, rule in wanted.items():
        field = Input.model_validate(rule)
        if name not in given:
            if field.required:
                problems.append(f"a value for {name} is needed: --set {name}=…")
            continue
        try:
            read[name] = field.parse(given[name])
        except ValueError as error:
            problems.append(f"{name}: {error}")
    return read


def _question(state: RunState, run: str, name: str) -> Question:
    if state.planned is None:
        raise Refused(f"there is no run {run}", "List them: ./inv run.list")
    if name:
        found = state.questions.get(name)
        if found is None:
            known = ", ".join(state.questions) or "none"
            raise Refused(f"{run} has no question {name}; its questions: {known}", f"./inv run.show {run}")
        if found.answer is not None:
            raise _taken(found, run)
        return found
    if not state.open_questions:
        answered = list(state.questions.values())
        raise (
            _taken(answered[-1], run)
            if answered
            else Refused(f"{run} waits for no answer", f"Look at it: ./inv run.show {run}")
        )
    if len(state.open_questions) > 1:
        names = ", ".join(question.asked.question for question in state.open_questions)
        raise Refused(f"{run} has several open questions: {names}", f"./inv run.answer {run} --question ID --choice …")
    return state.open_questions[0]


def _taken(question: Question, run: str) -> Refused:
    assert question.answer is not None
    said = f"{question.asked.question} is already answered by {question.by}: {question.answer.choice}"
    return Refused(said, f"Go on: ./inv run.resume {run}")
