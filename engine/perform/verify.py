"""Whether a step worked and stays so: a check polled within a deadline, recorded when its answer changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from engine.primitives.clock import Clock
from engine.words.word import Observation


@dataclass(frozen=True, slots=True)
class Verified:
    """How verification ended, after how many looks."""

    passed: bool
    looks: int
    detail: str


def verify(
    look: Callable[[], Observation],
    tell: Callable[[Observation], None],
    clock: Clock,
    *,
    within: float,
    every: float,
    stay: float,
) -> Verified:
    """Looks every `every` seconds until the check has passed for `stay` seconds; it must first pass within `within`.

    A check that falls back during `stay` starts again, until `within` is over.
    """
    began = clock.monotonic()
    held_since: float | None = None
    last: Observation | None = None
    looks = 0
    while True:
        seen = look()
        looks += 1
        if last is None or seen.passed != last.passed:
            tell(seen)
        last, now = seen, clock.monotonic()
        if seen.passed:
            held_since = now if held_since is None else held_since
            if now - held_since >= stay:
                return Verified(True, looks, seen.detail)
        else:
            held_since = None
            if now - began >= within:
                return Verified(False, looks, seen.detail)
        clock.sleep(every if held_since is None else min(every, max(0.01, stay - (now - held_since))))
