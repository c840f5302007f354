"""Who watches a run: told of every durable event and of output as it comes; a listener decides nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Protocol

from engine.reach.place import Stream
from incidents.event import Event, Subject


class Listener(Protocol):
    """Called from the driver's one thread, in order. What it raises ends the watching, never the run."""

    def event(self, event: Event) -> None:
        """A committed event of the run's stream."""

    def output(self, subject: Subject, stream: Stream, data: bytes) -> None:
        """Scrubbed output of a step, before it is durable. Bytes are hostile: escape before showing."""


class Audience:
    """All who watch one run. A listener that raises is logged and told nothing more; the run goes on."""

    def __init__(self, listeners: Iterable[Listener] = ()) -> None:
        self._listeners = list(listeners)

    def event(self, event: Event) -> None:
        """Tells everybody of a committed event."""
        self._tell(lambda listener: listener.event(event))

    def output(self, subject: Subject, stream: Stream, data: bytes) -> None:
        """Tells everybody of output."""
        self._tell(lambda listener: listener.output(subject, stream, data))

    def _tell(self, of: Callable[[Listener], None]) -> None:
        for listener in list(self._listeners):
            try:
                of(listener)
            except Exception:  # whatever breaks a view must not break what it looks at
                logging.getLogger("watchbook").exception("a listener broke, and is told nothing more")
                self._listeners.remove(listener)
