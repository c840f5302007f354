"""Whether a step may act on a host: its conditions over what the record says; what is missing is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from engine.conduct.moves import Observe
from engine.plan.stage import Guard, Stage
from engine.primitives.expression import Unlike
from engine.primitives.values import Value
from incidents.folds.run import RunState
from incidents.vocabulary.run import CheckObserved

PURPOSE = "when"


@dataclass(frozen=True, slots=True)
class Verdict:
    """go, skip, or undecided; `reason` is for people, `reached` False when the host did not answer."""

    say: Literal["go", "skip", "undecided"]
    reason: str = ""
    reached: bool = True


class _NotLooked(Exception):
    """A check the expression needs has not been run for this attempt."""


def judge(stage: Stage, host: str, state: RunState, attempt: int) -> Verdict | Observe:
    """The verdict of all guards for this attempt, or the one look that is needed first (conditions short-circuit)."""
    for guard in stage.guards:
        names = _Names(stage, host, state, attempt, guard)
        try:
            holds = guard.condition.evaluate(names.look_up)
        except _NotLooked as needed:
            return Observe(stage, host, guard.chapter, str(needed), PURPOSE, attempt)
        except Unlike as error:
            return Verdict("undecided", f"cannot decide {guard.condition.text!r}: {error}")
        if holds is None:
            return Verdict("undecided", names.why(), all(seen.reached for seen in names.undecided))
        if not holds:
            return Verdict("skip", f"not the case: {guard.condition.text}")
    return Verdict("go")


@dataclass(slots=True)
class _Names:
    """What the names of one guard mean on one host, and which checks could not say."""

    stage: Stage
    host: str
    state: RunState
    attempt: int
    guard: Guard
    undecided: list[CheckObserved] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def look_up(self, name: str) -> Value | None:
        chapter = self.guard.chapter
        if name in chapter.book.checks:
            return self._check(f"{chapter.prefix}{name}", name)
        values = self.state.values
        for layer in (values.get(self.host, {}), values.get("", {}), chapter.params.get(self.host, {})):
            value = layer.get(name)
            if isinstance(value, str | int | float | bool):
                return value
        self.missing.append(name)
        return None

    def _check(self, key: str, name: str) -> bool | None:
        seen = self.state.checks.get((self.stage.path, self.host, f"{PURPOSE}:{key}"))
        if seen is None or seen[0] < self.attempt:
            raise _NotLooked(name)
        if seen[1].passed is None:
            self.undecided.append(seen[1])
        return seen[1].passed

    def why(self) -> str:
        checks = [f"check {seen.check} could not be decided: {seen.detail}" for seen in self.undecided]
        values = [f"{name} has no value yet" for name in self.missing]
        return f"cannot decide {self.guard.condition.text!r}: " + "; ".join(checks + values)
