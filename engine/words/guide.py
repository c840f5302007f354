"""`guide`: tells a person what to look at or do; the conductor asks, no host is touched."""

from __future__ import annotations

from typing import ClassVar

from engine.primitives.scope import Scope
from engine.primitives.types import Template
from engine.words.word import Deed, Effect, Scene, Word


class Guide(Word):
    """Tell a person what to look at or do, and wait for them. What they find is asked for by the step's `input`.

    With nobody there the run parks, unless the step says `unattended: skip`.

        guide: Look at the log. Out of memory? A deploy within the hour?
        input: {finding: {type: text}}
    """

    word: ClassVar[str] = "guide"
    short: ClassVar[str] = "text"
    once: ClassVar[bool] = True

    text: Template
    """What the person reads; {{ name }} is looked up."""

    @property
    def effect(self) -> Effect:
        """A read: what a person does is not ours to rerun or undo."""
        return "read"

    def show(self, scope: Scope) -> str:
        """The text."""
        return self.text.render(scope)

    def perform(self, scene: Scene) -> Deed:
        """Never called: a person performs it."""
        del scene
        raise RuntimeError("a guide step is performed by a person; the conductor asks for it and never performs it")
