"""The exit codes scripts rely on, and the one that each end of a run has; it knows no task."""

from __future__ import annotations

from enum import IntEnum


class Exits(IntEnum):
    """How a command ends."""

    DONE = 0
    FAILED = 1
    INVALID = 2
    STOPPED = 3
    PARKED = 4
    """A person is needed."""
    REFUSED = 5
    UNREACHABLE = 6
    UNKNOWN = 7
    INTERRUPTED = 130
    """Ctrl-C, or the process was told to end."""

    @property
    def word(self) -> str:
        """The outcome of what was no run."""
        return self.name.lower()


OUTCOMES = {
    "succeeded": Exits.DONE,
    "failed": Exits.FAILED,
    "rolled_back": Exits.FAILED,
    "rollback_failed": Exits.FAILED,
    "stopped": Exits.STOPPED,
    "waiting": Exits.PARKED,
    "unknown": Exits.UNKNOWN,
}
"""By the run's word."""
