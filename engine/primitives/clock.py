"""The time as the engine sees it: the real one, or a simulated one in which waiting costs nothing."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What verify, retry and wait_for measure and wait by. Seconds everywhere."""

    @property
    def real(self) -> bool:
        """False when `sleep` returns at once."""

    def now(self) -> datetime:
        """The wall clock, UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow, from an arbitrary start."""

    def sleep(self, seconds: float) -> None:
        """Lets that time pass."""


class RealClock:
    """This machine's clock."""

    real = True

    def now(self) -> datetime:
        """The wall clock, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """The machine's monotonic clock."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Blocks the thread."""
        time.sleep(max(0.0, seconds))


class SimulatedClock:
    """Time passes only by being slept. Shared by threads, it adds up what each of them sleeps."""

    real = False

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self._passed = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The start and what has been slept since."""
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """What has been slept."""
        return self._passed

    def sleep(self, seconds: float) -> None:
        """Moves the clock on, at once."""
        with self._lock:
            self._passed += max(0.0, seconds)
