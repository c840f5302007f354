"""`use`: another runbook's steps in this place; the planner lays them out, nothing is performed here."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from engine.primitives.scope import Scope
from engine.primitives.types import BookId, Name, Template
from engine.words.word import Deed, Scene, Word


class Use(Word):
    """Run another runbook's steps here, in the same run and record.

    use: collect-evidence
    use: {book: restart-service, with: {unit: "{{ unit }}"}}
    """

    word: ClassVar[str] = "use"
    short: ClassVar[str] = "book"

    book: BookId
    """The id of the other runbook."""
    with_: dict[Name, Template] = Field(default_factory=dict, alias="with")
    """Its params; those not given take its defaults."""

    def show(self, scope: Scope) -> str:
        """The other runbook's id."""
        del scope
        return f"use {self.book}"

    def perform(self, scene: Scene) -> Deed:
        """Never called: the plan holds the other runbook's own steps."""
        del scene
        raise RuntimeError("a use step is laid out by the plan and never performed")
