"""`notify`: tells people, and records of each one whether the message left."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from engine.primitives.scope import Scope
from engine.primitives.types import StepId, Template
from engine.words.word import Deed, Effect, Scene, Word


class Notify(Word):
    """Tell people. Contacts come from contacts.yaml; one without a target is recorded as not told.

    notify: {to: [backend, oncall], message: "{{ incident.id }} {{ run.outcome }}"}
    """

    word: ClassVar[str] = "notify"
    once: ClassVar[bool] = True

    to: Annotated[list[StepId], Field(min_length=1, max_length=50)]
    """Names in contacts.yaml."""
    message: Template
    """What they read; {{ name }} is looked up."""

    @property
    def effect(self) -> Effect:
        """A change: a message cannot be taken back."""
        return "change"

    def show(self, scope: Scope) -> str:
        """Whom it tells."""
        del scope
        return f"tell {', '.join(self.to)}"

    def perform(self, scene: Scene) -> Deed:
        """Sends to one after the other and records each."""
        raise NotImplementedError
