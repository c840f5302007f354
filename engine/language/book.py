"""A runbook as a tree of plain nouns: who owns it, what it takes, which checks it names, its steps."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from engine.language.blocks import HostChoice, Param, SecretRef
from engine.language.rehearsal import RehearsalCase
from engine.language.step import OnFailure, Step
from engine.primitives.types import BookId, Condition, Days, Duration, Name
from engine.words.probe import Probe
from engine.words.word import Model

Severity = Literal["P0", "P1", "P2", "P3"]
Kind = Literal["incident", "maintenance", "check"]


class Review(Model):
    """When a person last read it, and how often one must."""

    last: date
    every: Days


class Symptom(Model):
    """What somebody sees when this runbook is the right one."""

    id: BookId
    say: str = Field(min_length=1, max_length=200)
    when: Condition | None = None


class Defaults(Model):
    """What steps take when they say nothing."""

    timeout: Duration = 60.0
    on_failure: OnFailure = "stop"
    on_unreachable: OnFailure = "stop"


class Book(Model):
    """A runbook, version 1."""

    version: Literal[1]
    id: BookId
    """The task's name: `./inv ID`."""
    title: str = Field(min_length=1, max_length=200)
    summary: str = Field(default="", max_length=2000)
    kind: Kind = "incident"
    owner: str = Field(default="", max_length=100)
    severity: Severity = "P2"
    review: Review | None = None
    symptoms: list[Symptom] = Field(default_factory=list)
    params: dict[Name, Param] = Field(default_factory=dict)
    secrets: dict[Name, SecretRef] = Field(default_factory=dict)
    hosts: HostChoice | None = None
    checks: dict[Name, Probe] = Field(default_factory=dict)
    defaults: Defaults = Defaults()
    steps: Annotated[list[Step], Field(min_length=1, max_length=500)]
    finally_: list[Step] = Field(default_factory=list, alias="finally")
    tests: list[RehearsalCase] = Field(default_factory=list)
