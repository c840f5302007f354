"""What the conductor may order: look, act, write down, or let go."""

from __future__ import annotations

from dataclasses import dataclass

from engine.plan.stage import Stage
from incidents.event import Subject
from incidents.vocabulary import Fact


@dataclass(frozen=True, slots=True)
class Observe:
    """Run one named check on one host, as a read, and record what it said."""

    stage: Stage
    host: str
    check: str
    purpose: str
    attempt: int


@dataclass(frozen=True, slots=True)
class TakeWitness:
    """Record the witness value on one host."""

    stage: Stage
    host: str
    moment: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Perform:
    """Do the step (or, with `rollback`, its way back) on one host, not before `not_before` (epoch seconds)."""

    stage: Stage
    host: str
    attempt: int
    rollback: bool = False
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Record:
    """Append a fact: a skip, a question, the outcome."""

    fact: Fact
    subject: Subject


@dataclass(frozen=True, slots=True)
class Park:
    """Nothing can go on until these questions are answered."""

    questions: tuple[str, ...]


Move = Observe | TakeWitness | Perform | Record | Park
