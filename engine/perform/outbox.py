"""What a performer may tell: facts and output; whoever listens makes them durable."""

from __future__ import annotations

from typing import Protocol

from engine.reach.place import Stream
from incidents.event import Subject
from incidents.ledger.protocol import Chunk
from incidents.vocabulary import Fact


class Abandoned(Exception):
    """The run's driver is gone or fenced: a performer that hears this must not touch its host."""


class Outbox(Protocol):
    """Takes what performers tell, from any thread, and brings it to the ledger and the listeners in order."""

    def tell(self, fact: Fact, subject: Subject) -> None:
        """A fact, durable soon. Raises Abandoned."""

    def keep(self, chunk: Chunk) -> None:
        """A piece of output for the record. Blocks while the ledger is behind, so memory stays bounded."""

    def show(self, subject: Subject, stream: Stream, data: bytes) -> None:
        """A piece of output for whoever watches now."""
