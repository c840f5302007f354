"""The outbox of all performers and the inbox of the one driver: bounded and ordered."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.conduct.moves import Doing
from engine.perform.outbox import Abandoned
from engine.reach.place import Stream
from incidents.event import Subject
from incidents.ledger.protocol import Chunk
from incidents.vocabulary import Fact

DEPTH = 256
"""Letters under way; a performer that floods waits for the ledger."""


@dataclass(frozen=True, slots=True)
class Said:
    """A fact to append."""

    fact: Fact
    subject: Subject


@dataclass(frozen=True, slots=True)
class Shown:
    """Output for the listeners."""

    subject: Subject
    stream: Stream
    data: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """A performer ended something for a move; `error` is what it raised, which is our fault and not the host's."""

    name: tuple[str, ...]
    move: Doing
    error: BaseException | None = None


Letter = Said | Shown | Chunk | Done


@dataclass(slots=True)
class Mailbox:
    """Letters from any thread to the driver."""

    _letters: queue.Queue[Letter] = field(default_factory=lambda: queue.Queue(DEPTH))
    _closed: threading.Event = field(default_factory=threading.Event)

    def tell(self, fact: Fact, subject: Subject) -> None:
        """A fact, durable soon."""
        self._put(Said(fact, subject))

    def keep(self, chunk: Chunk) -> None:
        """A piece of output for the record."""
        self._put(chunk)

    def show(self, subject: Subject, stream: Stream, data: bytes) -> None:
        """A piece of output for whoever watches."""
        self._put(Shown(subject, stream, data))

    def done(self, name: tuple[str, ...], move: Doing, error: BaseException | None) -> None:
        """A move, or what it needed first, ended. When the driver is gone nobody needs to know."""
        try:
            self._put(Done(name, move, error))
        except Abandoned:
            return

    def take(self, timeout: float) -> list[Letter]:
        """All letters that are there, waiting at most `timeout` seconds for the first."""
        try:
            letters = [self._letters.get(timeout=timeout)]
        except queue.Empty:
            return []
        letters.extend(self._rest())
        return letters

    def close(self) -> None:
        """The driver is leaving: whoever tells from now on hears Abandoned."""
        self._closed.set()

    def _rest(self) -> Iterator[Letter]:
        for _ in range(DEPTH):
            try:
                yield self._letters.get_nowait()
            except queue.Empty:
                return

    def _put(self, letter: Letter) -> None:
        while True:
            self._check()
            try:
                return self._letters.put(letter, timeout=0.5)
            except queue.Full:
                continue

    def _check(self) -> None:
        if self._closed.is_set():
            raise Abandoned("the driver of this run is gone")
