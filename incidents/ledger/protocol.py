"""What a ledger promises, whatever keeps it; knows no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from incidents.event import Draft, Event

StreamKind = Literal["run", "incident"]


@dataclass(frozen=True, slots=True)
class Entry:
    """Drafts for one stream. `expect` is the seq the stream must stand at (0: it must not exist yet)."""

    stream: str
    drafts: Sequence[Draft]
    expect: int | None = None
    opens: StreamKind | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes of one output (see Subject.output), from `offset`, which is where the output ends now.

    Longer ones are cut: what a ledger gives back has at most 256 KiB, and says when it was `recorded`.
    """

    stream: str
    output: str
    offset: int
    data: bytes
    recorded: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """One output that a stream has, and how many bytes of it are kept."""

    output: str
    length: int


@dataclass(frozen=True, slots=True)
class Erase:
    """Takes the data of one event out for good, or all bytes of one output; goes with an EventRedacted."""

    stream: str
    seq: int = 0
    output: str = ""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to drive one run; every append of its holder is fenced by the epoch."""

    stream: str
    epoch: int
    owner: str


@dataclass(frozen=True, slots=True)
class Batch:
    """One durable transaction: all of it or none of it."""

    entries: Sequence[Entry] = ()
    chunks: Sequence[Chunk] = ()
    lease: Lease | None = None
    erase: Sequence[Erase] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a stream: enough to list it and to check the chain from outside."""

    stream: str
    kind: StreamKind
    seq: int
    hash: str
    opened: datetime
    last: datetime


class LedgerError(Exception):
    """Something the ledger refuses or cannot do; `hint` is the next command or act."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class Conflict(LedgerError):
    """`expect` did not hold: somebody else appended first."""


class Fenced(LedgerError):
    """The lease is no longer ours: another controller drives the run."""


class Held(LedgerError):
    """The lease is held by a controller that is alive; `owner` says which."""

    def __init__(self, stream: str, owner: str) -> None:
        super().__init__(f"{stream} is driven by {owner}.", f"Follow it: ./inv run.follow {stream}")
        self.owner = owner


class LedgerFull(LedgerError):
    """No room left, even after the ballast was freed."""


class Ledger(Protocol):
    """Append-only streams with output beside them. Safe to share between threads."""

    def commit(self, batch: Batch) -> list[Event]:
        """Appends, durably (fsync) when it returns. Raises Conflict, Fenced, LedgerFull.

        Answers the events in the order of their drafts; after a full disk a BallastFreed follows them.
        """

    def read(self, stream: str, after: int = 0) -> list[Event]:
        """The stream's events with seq > after, in order; empty for an unknown stream."""

    def feed(self, after: int = 0, limit: int = 1000) -> list[Event]:
        """All streams' events with position > after; position has no holes a reader could miss."""

    def head(self, stream: str) -> Head | None:
        """The end of one stream, or None when there is no such stream."""

    def heads(self, kind: StreamKind, limit: int = 50) -> list[Head]:
        """The newest streams of a kind, newest first."""

    def find(self, text: str) -> list[str]:
        """Stream ids equal to, ending in or starting with `text` (case aside), at most 10; people type the end."""

    def output(self, stream: str, output: str, offset: int = 0) -> Iterator[Chunk]:
        """The kept chunks of one output from `offset`, in order."""

    def outputs(self, stream: str) -> list[Kept]:
        """Every output that a stream has, by name."""

    def forget(self, streams: Sequence[str], batch: Batch) -> list[Event]:
        """Removes whole streams with all they have, in the transaction that appends `batch`, which says so."""

    def acquire(self, stream: str, owner: str) -> Lease:
        """Takes the run's lease with the next epoch. Raises Held while a living controller has it."""

    def holder(self, stream: str) -> str | None:
        """The owner driving the run now, or None when nobody alive does."""

    def release(self, lease: Lease) -> None:
        """Gives the lease back; harmless when it is already gone."""

    def close(self) -> None:
        """Lets go of files and connections."""


__all__ = [
    "Batch",
    "Chunk",
    "Conflict",
    "Entry",
    "Erase",
    "Fenced",
    "Head",
    "Held",
    "Kept",
    "Lease",
    "Ledger",
    "LedgerError",
    "LedgerFull",
    "StreamKind",
]
