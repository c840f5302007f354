"""A stage is one step laid out over its hosts; a chapter is the runbook it was written in, as used here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.language.book import Book
from engine.language.step import OnFailure, Step
from engine.primitives.types import Condition
from engine.primitives.values import Value

Section = Literal["main", "finally"]
CONTROLLER = "controller"


@dataclass(frozen=True, slots=True, eq=False)
class Chapter:
    """A runbook as one run uses it: `prefix` is empty for the run's own, else the path of the `use` step and a slash.

    `params` are its values by host; `secrets` its references by name.
    """

    prefix: str
    book: Book
    params: Mapping[str, Mapping[str, Value]]
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """A condition that must hold on a host before the stage may act there, and the chapter its names belong to."""

    chapter: Chapter
    condition: Condition


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One step over its hosts. `path` is its id behind the prefix of its chapter (`heal/restart`).

    `hosts` are those it counts for, or the one empty name when it happens once per run and at no host;
    `acts_on` names by host where it acts instead, when it is delegated (a host's name or `controller`).
    """

    path: str
    step: Step
    section: Section
    chapter: Chapter
    guards: tuple[Guard, ...]
    hosts: tuple[str, ...]
    acts_on: Mapping[str, str]

    @property
    def timeout(self) -> float:
        """Seconds one act may take."""
        return self.step.timeout or self.chapter.book.defaults.timeout

    @property
    def on_failure(self) -> OnFailure:
        """What a failed host means for the run."""
        return self.step.on_failure or self.chapter.book.defaults.on_failure

    @property
    def on_unreachable(self) -> OnFailure:
        """What an unreachable host means for the run: its own rule, else what the author said of failure."""
        defaults = self.chapter.book.defaults
        return self.step.on_unreachable or self.step.on_failure or defaults.on_unreachable or defaults.on_failure

    @property
    def rollback_path(self) -> str:
        """Where the stage's way back stands in the record."""
        return f"{self.path}.rollback"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything a run will look at, rebuilt from its first event; `digest` is what an approval binds to.

    `files` are the SHA-256 of what is uploaded or run from here, by path.
    """

    run: str
    incident: str
    title: str
    stages: tuple[Stage, ...]
    hosts: tuple[str, ...]
    digest: str
    files: Mapping[str, str]

    def section(self, section: Section) -> list[Stage]:
        """The stages of one section, in order."""
        return [stage for stage in self.stages if stage.section == section]
