"""A circuit breaker: after six failures in a row nobody is sent there for thirty seconds; must not call anything."""

from __future__ import annotations

import threading
import time
from typing import Literal

FAILURES_TO_OPEN = 6
COOLDOWN_S = 30.0

State = Literal["closed", "open", "half-open"]


class Breaker:
    """Thread-safe, one per worker. After the cool-down one call is let through to try."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at = 0.0
        self._trying = False

    @property
    def state(self) -> State:
        """Where it stands now."""
        if self._failures < FAILURES_TO_OPEN:
            return "closed"
        return "half-open" if time.monotonic() - self._opened_at >= COOLDOWN_S else "open"

    def enter(self) -> bool:
        """Whether a call may go out now."""
        with self._lock:
            if self.state == "closed":
                return True
            if self.state == "open" or self._trying:
                return False
            self._trying = True
            return True

    def leave(self, *, failed: bool) -> None:
        """How the call that entered went."""
        with self._lock:
            self._trying = False
            self._failures = self._failures + 1 if failed else 0
            if self._failures >= FAILURES_TO_OPEN:
                self._opened_at = time.monotonic()
