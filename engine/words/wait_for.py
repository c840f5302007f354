"""`wait_for`: looks again and again until a check holds, within a deadline."""

from __future__ import annotations

from typing import ClassVar

from engine.primitives.scope import Scope
from engine.primitives.types import Duration
from engine.words.probe import NamedProbe
from engine.words.word import Deed, Effect, Scene, Word


class WaitFor(Word):
    """Wait until a check holds, looking every so often, and fail when the time is over.

    wait_for: {check: healthy, within: 2m, every: 1s}
    """

    word: ClassVar[str] = "wait_for"

    check: NamedProbe
    """A name under `checks`, or a probe written in place."""
    within: Duration
    """How long to wait at most; the step's timeout ends it sooner."""
    every: Duration = 1.0
    """How long between two looks."""

    @property
    def effect(self) -> Effect:
        """A read."""
        return "read"

    def show(self, scope: Scope) -> str:
        """What is waited for, and how long."""
        return f"wait up to {self.within:g} s until {self.check.show(scope)}"

    def perform(self, scene: Scene) -> Deed:
        """Polls with the scene's clock; the last look explains a failure."""
        raise NotImplementedError
