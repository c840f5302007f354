"""The last lines of a run: how it ended, what that means, where its record is, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from console.terminal.outcome import Outcome
from console.terminal.view.paint import harmless
from incidents.folds.run import Question, RunState

_MEANS = {
    "succeeded": "what had to work did, and what was to be verified was",
    "failed": "a step failed, and what follows it was not done",
    "stopped": "somebody stopped it; what had run was ended",
    "rolled_back": "a step failed, and what had been done was taken back",
    "rollback_failed": "a step failed, and taking back what had been done failed too: look at the hosts",
    "unknown": "something was started whose end nobody saw: it may have happened or not",
    "waiting": "a person is needed",
}


def ending(state: RunState, outcome: Outcome, inv: str, report: str = "") -> Iterator[str]:
    """The lines; the last one is the next command. `inv` is how this record's tasks are called,
    `report` where its report lies."""
    yield ""
    took = f" after {state.finished.seconds:.1f} s" if state.finished else ""
    yield f"{outcome.outcome.replace('_', ' ')}{took}: {_MEANS.get(outcome.outcome, '')}"
    if state.finished:
        yield f"  steps   {', '.join(f'{count} {word}' for word, count in sorted(state.finished.counts.items()))}"
    yield f"  record  {outcome.incident}"
    if report:
        yield f"  report  {report}"
    for question in state.open_questions:
        yield from asked(outcome.run, question, inv)
    yield f"  next    {inv} {_next(state, outcome)}"


def asked(run: str, question: Question, inv: str) -> Iterator[str]:
    """A question, and exactly what answers it."""
    fact = question.asked
    yield f"  asks    {fact.question}: {harmless(fact.text)}"
    for name, value in fact.facts.items():
        yield f"          {name.replace('_', ' ')}: {harmless(str(value))}"
    sets = "".join(f" --set {name}=…" for name in fact.inputs)
    choice = "|".join(fact.choices)
    yield f"  answer  {inv} run.answer {run} --question {shlex.quote(fact.question)} --choice '{choice}'{sets}"


def _next(state: RunState, outcome: Outcome) -> str:
    if state.finished:
        return f"incident.show {outcome.incident}"
    return f"run.resume {outcome.run}"
