"""What runs now and what is due later: one key a move, so that nothing is ever ordered twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from engine.conduct.moves import Doing, Observe, Perform, TakeWitness
from engine.drive.mailbox import Mailbox
from engine.perform.performer import Performer
from engine.plan.scope import Soundings
from engine.primitives.clock import Clock

Key = tuple[str, ...]


def key(move: Doing) -> Key:
    """What makes two orders the same order."""
    match move:
        case Observe():
            about: tuple[str, ...] = ("observe", move.chapter.prefix + move.check, move.purpose)
        case TakeWitness():
            about = ("witness", move.moment)
        case Perform():
            about = ("perform", move.act)
    return (*about, move.stage.path, move.host, str(move.attempt))


@dataclass(slots=True)
class Flight:
    """The moves under way: at most as many at once as the pool has threads, none for a host that waits."""

    performer: Performer
    mailbox: Mailbox
    clock: Clock
    pool: ThreadPoolExecutor
    under_way: dict[Key, Doing] = field(default_factory=dict)
    _due: dict[Key, float] = field(default_factory=dict)

    def order(self, move: Doing, known: Soundings) -> None:
        """Starts a move unless it is under way or its time has not come."""
        name = key(move)
        if name in self.under_way:
            return
        if isinstance(move, Perform) and move.delay:
            due = self._due.setdefault(name, self.clock.monotonic() + move.delay)
            if due > self.clock.monotonic():
                return
            del self._due[name]
        self.under_way[name] = move
        self.pool.submit(self._do, move, known)

    def landed(self, move: Doing) -> None:
        """The move ended."""
        self.under_way.pop(key(move), None)

    def pause(self) -> float:
        """Seconds until the next delayed move is due, 0 when none is waiting."""
        if not self._due:
            return 0.0
        return max(0.0, min(self._due.values()) - self.clock.monotonic())

    @property
    def waiting(self) -> bool:
        """True when a delayed move is all that is left to wait for."""
        return bool(self._due) and not self.under_way

    def _do(self, move: Doing, known: Soundings) -> None:
        try:
            self.performer.make(move, known)
        except BaseException as error:  # noqa: BLE001 - the driver must hear of every end
            self.mailbox.done(move, error)
        else:
            self.mailbox.done(move, None)
