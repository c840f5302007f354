"""States an operator sets for all workers of an instance, kept in one file that outlives them; must not act on them."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from app.configuration.settings import LogLevel


class Maintenance(BaseModel):
    """Out of service. `maintenance` refuses product requests; `drain` only stops being ready."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mode: Literal["maintenance", "drain"]
    reason: str
    retry_after_s: int
    since: float
    until: float | None


class LevelOverride(BaseModel):
    """Another log level than the configured one, for a time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: LogLevel
    until: float | None


class State(BaseModel):
    """Every switch; None is its usual position."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    maintenance: Maintenance | None = None
    log_level: LevelOverride | None = None


class Switches:
    """One `stat` per look; the file is read again only when it changed. An override that ran out is gone."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "switches.json"
        self._seen: tuple[int, int] | None = None
        self._state = State()

    def current(self) -> State:
        """The positions now. A file that cannot be read leaves them as they were."""
        try:
            info = self._path.stat()
        except OSError:
            self._seen, self._state = None, State()
            return self._state
        version = (info.st_ino, info.st_mtime_ns)
        if version != self._seen:
            try:
                self._state = State.model_validate_json(self._path.read_bytes())
                self._seen = version
            except (OSError, ValidationError):
                return self._state
        return _unexpired(self._state)

    def set(self, **positions: Maintenance | LevelOverride | None) -> State:
        """Move some switches; the others stay. Atomic, and two operators at once do not undo each other."""
        with (self._path.with_suffix(".lock")).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.current().model_copy(update=dict(positions))
            fresh = self._path.with_suffix(".new")
            with fresh.open("w", encoding="utf-8") as file:
                file.write(state.model_dump_json())
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        return self.current()


def _unexpired(state: State) -> State:
    now = time.time()
    if state.maintenance and state.maintenance.until is not None and state.maintenance.until <= now:
        state = state.model_copy(update={"maintenance": None})
    if state.log_level and state.log_level.until is not None and state.log_level.until <= now:
        state = state.model_copy(update={"log_level": None})
    return state
