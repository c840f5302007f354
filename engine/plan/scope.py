"""What names mean in one chapter on one host: its params, what came out, and the built-ins of the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.plan.stage import Chapter, Plan
from engine.primitives.scope import Scope
from engine.primitives.values import Value
from incidents.event import Json
from incidents.folds.run import RunState


@dataclass(frozen=True, slots=True)
class Soundings:
    """What a run knows at one moment: taken when a move is ordered, so that no thread reads what another folds.

    `outcome` and `duration` (seconds) are those `finally` steps tell people.
    """

    answers: Mapping[str, Json]
    outputs: Mapping[str, Json]
    outcome: str = ""
    duration: float = 0.0

    @classmethod
    def of(cls, state: RunState, host: str, outcome: str = "") -> Soundings:
        """What is known for one host now."""
        passed = (state.last_at - state.opened_at).total_seconds() if state.last_at and state.opened_at else 0.0
        values = state.values
        return cls(dict(values.get("", {})), dict(values.get(host, {})), outcome, passed)


def scope_of(plan: Plan, chapter: Chapter, host: str, known: Soundings) -> Scope:
    """Params, then answers of people, then the host's own outputs, then the built-ins that nothing can shadow."""
    builtins: dict[str, Value] = {
        "host": host,
        "run": plan.run,
        "incident": plan.incident,
        "run.id": plan.run,
        "run.title": plan.title,
        "run.outcome": known.outcome or "running",
        "run.duration": f"{known.duration:.0f} s",
        "incident.id": plan.incident,
    }
    return Scope(chapter.params.get(host, {}), _plain(known.answers), _plain(known.outputs), builtins)


def _plain(values: Mapping[str, Json]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if isinstance(value, str | int | float | bool)}
