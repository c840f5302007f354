"""`notify`: tells people, and records of each one whether the message left."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from engine.primitives.scope import Scope
from engine.primitives.types import StepId, Template
from engine.words.word import Deed, Effect, Scene, Word
from incidents.vocabulary.run import NotificationSent


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
        """Sends to one after the other and records each. A contact without a target is no failure of the run."""
        try:
            message = self.message.render(scene.scope)
        except ValueError as problem:
            return Deed("failed", str(problem))
        told: list[str] = []
        untold: list[str] = []
        failed = False
        for contact in self.to:
            delivery = scene.notify(contact, message)
            scene.record(NotificationSent(contact, message, delivery.delivered, delivery.detail))
            if delivery.delivered:
                told.append(contact)
            else:
                untold.append(f"{contact} ({delivery.detail})")
            failed |= delivery.attempted and not delivery.delivered
        parts = [f"told {', '.join(told)}" if told else "told nobody"]
        if untold:
            parts.append(f"not told: {'; '.join(untold)}")
        return Deed("failed" if failed else "ok", "; ".join(parts), changed=bool(told))
