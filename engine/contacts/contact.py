"""What contacts.yaml says: who there is, where messages go, and who is called next; sends nothing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.primitives.faults import did_you_mean
from engine.primitives.types import Duration, StepId
from engine.words.word import Model

Reference = Annotated[str, Field(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:[/~].{1,1000})$")]
"""Where a target is: `env:NAME` or `file:/path`. A target is an apprise URL and holds a password or token."""


class Contact(Model):
    """A person or team. `mail` and `phone` are for people to use; messages go to `targets`."""

    name: str = Field(min_length=1, max_length=100)
    mail: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=50)
    targets: list[Reference] = Field(default_factory=list, max_length=10)


class Rung(Model):
    """Who is called for a severity, in this order, when nobody answers `within`."""

    within: Duration
    ladder: Annotated[list[StepId], Field(min_length=1)]


class Contacts(Model):
    """contacts.yaml, version 1."""

    version: Literal[1]
    contacts: dict[StepId, Contact]
    escalation: dict[Literal["P0", "P1", "P2", "P3"], Rung] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _ladders_lead_to_people(self) -> Contacts:
        for severity, rung in self.escalation.items():
            for name in rung.ladder:
                if name not in self.contacts:
                    hint = did_you_mean(name, self.contacts) or "add them under contacts"
                    raise ValueError(f"the ladder of {severity} names {name}, who is no contact; {hint}")
        return self
