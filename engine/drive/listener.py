"""Who watches a run: told of every durable event and of output as it comes; a listener decides nothing."""

from __future__ import annotations

from typing import Protocol

from engine.reach.place import Stream
from incidents.event import Event, Subject


class Listener(Protocol):
    """Called from the driver's one thread, in order. What it raises ends the watching, never the run."""

    def event(self, event: Event) -> None:
        """A committed event of the run's stream."""

    def output(self, subject: Subject, stream: Stream, data: bytes) -> None:
        """Scrubbed output of a step, before it is durable. Bytes are hostile: escape before showing."""
