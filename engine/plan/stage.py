"""A stage is one step laid out over its hosts, with the names and checks it can see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.language.book import Defaults
from engine.language.step import OnFailure, Step
from engine.primitives.values import Value
from engine.words.probe import Probe

Section = Literal["main", "finally"]


@dataclass(frozen=True, slots=True)
class Stage:
    """`path` is the step's id, led by the ids of the `use` steps it came through (`heal/restart`).

    `hosts` are the hosts it counts for, or the one empty name when it happens once per run away from any host;
    `place` names where it acts: empty for the host itself, else a host name or `controller`.
    `params` and `checks` are those of the runbook it was written in.
    """

    path: str
    step: Step
    section: Section
    hosts: tuple[str, ...]
    place: str
    params: Mapping[str, Mapping[str, Value]]
    checks: Mapping[str, Probe]
    defaults: Defaults

    @property
    def timeout(self) -> float:
        """Seconds one act may take."""
        return self.step.timeout or self.defaults.timeout

    @property
    def on_failure(self) -> OnFailure:
        """What a failed host means for the run."""
        return self.step.on_failure or self.defaults.on_failure

    @property
    def on_unreachable(self) -> OnFailure:
        """What an unreachable host means for the run."""
        return self.step.on_unreachable or self.step.on_failure or self.defaults.on_unreachable


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a run will look at; `digest` is what an approval binds to."""

    run: str
    incident: str
    title: str
    stages: tuple[Stage, ...]
    hosts: tuple[str, ...]
    digest: str
