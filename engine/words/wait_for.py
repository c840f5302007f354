"""`wait_for`: looks again and again until a check holds, within a deadline."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field

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
    """How long to wait at most; it counts instead of the step's timeout."""
    every: Annotated[Duration, Field(ge=0.05)] = 1.0
    """How long between two looks."""

    @property
    def effect(self) -> Effect:
        """A read."""
        return "read"

    def show(self, scope: Scope) -> str:
        """What is waited for, and how long."""
        return f"wait up to {self.within:g} s for {self.check.show(scope)}"

    def perform(self, scene: Scene) -> Deed:
        """Polls by the scene's clock, once at least; the last look explains a failure."""
        began = scene.clock.monotonic()
        looks = 0
        while True:
            left = began + self.within - scene.clock.monotonic()
            seen = self.check.observe(replace(scene, timeout=max(left, 1.0)))
            looks += 1
            waited = scene.clock.monotonic() - began
            if seen.passed:
                return Deed("ok", f"after {waited:.1f} s", seen.detail)
            if waited >= self.within:
                said = f"not within {self.within:g} s ({looks} looks)"
                return Deed("failed" if seen.reached else "unreachable", said, seen.detail)
            scene.clock.sleep(min(self.every, self.within - waited))
