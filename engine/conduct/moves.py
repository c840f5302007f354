"""What the conductor may order: look, act, write down, or let go; values only, nothing is done here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.plan.stage import Chapter, Stage
from incidents.event import Subject
from incidents.vocabulary import Fact

Act = Literal["do", "verify", "rollback"]


@dataclass(frozen=True, slots=True)
class Observe:
    """Run one named check of a chapter on one host, as a read, and record what it said."""

    stage: Stage
    host: str
    chapter: Chapter
    check: str
    purpose: str
    attempt: int


@dataclass(frozen=True, slots=True)
class TakeWitness:
    """Record the witness value on one host: `moment` is before or after the act."""

    stage: Stage
    host: str
    moment: Literal["before", "after"]
    attempt: int


@dataclass(frozen=True, slots=True)
class Perform:
    """Act on one host: do the step, only verify it, or take its way back.

    `delay`: seconds to wait first; `outcome`: the run's so far, which `finally` steps tell people.
    """

    stage: Stage
    host: str
    attempt: int
    act: Act = "do"
    delay: float = 0.0
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Append a fact: a skip, a question, the outcome."""

    fact: Fact
    subject: Subject


@dataclass(frozen=True, slots=True)
class Park:
    """Nothing can go on until these questions are answered."""

    questions: tuple[str, ...]


Doing = Observe | TakeWitness | Perform
"""What a performer makes; the rest is written down."""
Move = Doing | Record | Park
