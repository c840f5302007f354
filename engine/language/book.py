"""A runbook as a tree of plain nouns: who owns it, what it takes, which checks it names, its steps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from engine.language.blocks import HostChoice, SecretRef
from engine.language.declared import Param
from engine.language.rehearsal import RehearsalCase
from engine.language.step import OnFailure, Step
from engine.primitives.types import BookId, Condition, Day, Days, Duration, Name, StepId
from engine.words.probe import Probe
from engine.words.word import Model

Severity = Literal["P0", "P1", "P2", "P3"]
Kind = Literal["incident", "maintenance", "check"]


class Review(Model):
    """When a person last read it, and how often one must."""

    last: Day
    """The day, as 2026-11-20."""
    every: Days
    """How long that holds: 90d or 12w."""


class Symptom(Model):
    """What somebody sees when this runbook is the right one."""

    id: StepId
    """Unique in its runbook."""
    say: str = Field(min_length=1, max_length=200)
    """As a person would say it."""
    when: Condition | None = None
    """What a probe can tell: a condition over params and named checks."""


class Defaults(Model):
    """What steps take when they say nothing."""

    timeout: Annotated[Duration, Field(gt=0)] = 60.0
    """How long an act may take."""
    on_failure: OnFailure = "stop"
    """When a step fails: stop, continue, ask or rollback."""
    on_unreachable: OnFailure | None = None
    """When a host cannot be reached; as on_failure unless said."""


class Book(Model):
    """A runbook, version 1."""

    version: Literal[1]
    """The language's version; its meaning never changes."""
    id: BookId
    """The task's name: `./inv ID`."""
    title: str = Field(min_length=1, max_length=200)
    """A few words, as a heading."""
    summary: str = Field(default="", max_length=2000)
    """One or two sentences: when it is the right one."""
    kind: Kind = "incident"
    """incident, maintenance or check; only incidents have response clocks."""
    owner: str = Field(default="", max_length=100)
    """The team that keeps it true."""
    severity: Severity = "P2"
    """P0 to P3; responders may raise it."""
    review: Review | None = None
    """When a person last read it, and how often one must."""
    symptoms: list[Symptom] = Field(default_factory=list, max_length=50)
    """What somebody sees when this runbook is the right one."""
    params: dict[Name, Param] = Field(default_factory=dict, max_length=100)
    """What it takes: `--name value`; steps get them as shell variables."""
    secrets: dict[Name, SecretRef] = Field(default_factory=dict, max_length=100)
    """Where its secrets are, never what they are; steps get 0600 files named by `$NAME_file`."""
    hosts: HostChoice | None = None
    """Where it runs unless `--hosts` says otherwise."""
    checks: dict[Name, Probe] = Field(default_factory=dict, max_length=100)
    """Reads that are true or false, named once and used by when, verify, check and symptoms."""
    defaults: Defaults = Defaults()
    """What steps take when they say nothing."""
    steps: Annotated[list[Step], Field(min_length=1, max_length=500)]
    """What is done, in this order; each step on all its hosts before the next."""
    finally_: list[Step] = Field(default_factory=list, alias="finally", max_length=100)
    """Steps that always run at the end, whatever happened."""
    tests: list[RehearsalCase] = Field(default_factory=list, max_length=100)
    """Tests of this runbook on rehearsed hosts; `./inv book.test` runs them."""

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps and those of `finally`."""
        return (*self.steps, *self.finally_)

    def walk(self) -> Iterator[tuple[tuple[str | int, ...], Step]]:
        """Every step, and its place in the YAML: `("steps", 0)`, …, `("finally", 0)`, …"""
        for section, steps in (("steps", self.steps), ("finally", self.finally_)):
            for index, step in enumerate(steps):
                yield (section, index), step
