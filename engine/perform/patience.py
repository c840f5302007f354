"""A clock whose waiting ends when the run is stopped, so that a poll never outlives the wish to stop."""

from __future__ import annotations

import threading
from datetime import datetime

from engine.primitives.clock import Clock


class Interrupted(Exception):
    """The run was stopped while something waited."""


class Patience:
    """The run's clock as main-section steps see it; `finally` steps keep the plain one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._over = threading.Event()

    @property
    def real(self) -> bool:
        """As the clock beneath."""
        return self._clock.real

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return self._clock.now()

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return self._clock.monotonic()

    def sleep(self, seconds: float) -> None:
        """Waits. Raises Interrupted when the run is, or was, stopped."""
        if self._clock.real:
            self._over.wait(max(0.0, seconds))
        else:
            self._clock.sleep(seconds)
        if self._over.is_set():
            raise Interrupted("stopped on request")

    def end(self) -> None:
        """Ends every wait, now and later."""
        self._over.set()
