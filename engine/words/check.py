"""`check`: a step that only looks, and fails when what it looks at does not hold."""

from __future__ import annotations

from typing import ClassVar

from engine.words.probe import NamedProbe
from engine.words.word import Deed, Effect, Scene, Word


class Check(NamedProbe, Word):
    """Look, and fail when it does not hold: a name under `checks`, or a probe written in place.

    check: healthy
    check: {port: {number: 443, is: open}}
    """

    word: ClassVar[str] = "check"

    @property
    def effect(self) -> Effect:
        """A read."""
        return "read"

    def perform(self, scene: Scene) -> Deed:
        """Looks once. What cannot be decided has not passed."""
        seen = self.observe(scene)
        if seen.passed:
            return Deed("ok", "passed", seen.detail)
        if not seen.reached:
            return Deed("unreachable", "not decided", seen.detail)
        return Deed("failed", "not passed" if seen.passed is False else "not decided", seen.detail)
