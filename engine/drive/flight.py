"""What runs now and what is due later: one key a move, so that nothing is ever ordered twice."""

from __future__ import annotations

from collections.abc import Callable
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
    under_way: set[Key] = field(default_factory=set)
    _due: dict[Key, float] = field(default_factory=dict)

    def claim(self, move: Doing) -> bool:
        """Whether the move may be made now, which it then must: its time has come, and its host is known.

        A host that is not known yet is asked who it is; the move can be claimed when it has answered.
        """
        name = key(move)
        if name in self.under_way or not self._is_due(name, move):
            return False
        if isinstance(move, Perform) and not self.performer.has_met(move):
            meeting = ("meet", self.performer.where(move))
            if meeting not in self.under_way:
                self._submit(meeting, lambda: self.performer.meet(move), move)
            return False
        self._due.pop(name, None)
        self.under_way.add(name)
        return True

    def start(self, move: Doing, known: Soundings) -> None:
        """Makes a move that was claimed; its intent is durable by now."""
        self._submit(key(move), lambda: self.performer.make(move, known), move)

    def landed(self, name: Key) -> None:
        """It ended."""
        self.under_way.discard(name)

    @property
    def pause(self) -> float | None:
        """Seconds until the next delayed move is due, when that is all there is to wait for."""
        if not self._due or self.under_way:
            return None
        return max(0.0, min(self._due.values()) - self.clock.monotonic())

    def _is_due(self, name: Key, move: Doing) -> bool:
        if not isinstance(move, Perform) or not move.delay:
            return True
        return self._due.setdefault(name, self.clock.monotonic() + move.delay) <= self.clock.monotonic()

    def _submit(self, name: Key, work: Callable[[], None], move: Doing) -> None:
        self.under_way.add(name)
        self.pool.submit(self._do, name, work, move)

    def _do(self, name: Key, work: Callable[[], None], move: Doing) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the driver must hear of every end
            self.mailbox.done(name, move, error)
        else:
            self.mailbox.done(name, move, None)
