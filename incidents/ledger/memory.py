"""The ledger's twin in memory, for rehearsals and tests; keeps the same promises except outliving the process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from threading import RLock

from incidents.event import Event, now
from incidents.ledger.admission import admit, check_claim
from incidents.ledger.protocol import Batch, Chunk, Erase, Head, Held, Kept, Lease, StreamKind


class MemoryLedger:
    """Streams in lists; one lock, as one writer."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._position = 0
        self._events: list[Event] = []
        self._streams: dict[str, list[Event]] = {}
        self._heads: dict[str, Head] = {}
        self._outputs: dict[tuple[str, str], list[Chunk]] = {}
        self._leases: dict[str, Lease] = {}

    def commit(self, batch: Batch) -> list[Event]:
        """See Ledger."""
        with self._lock:
            admitted = admit(batch, self, now())
            self._position += len(admitted.events)
            self._events += admitted.events
            for event in admitted.events:
                self._streams.setdefault(event.stream, []).append(event)
            self._heads.update((head.stream, head) for head in admitted.heads)
            for chunk in admitted.chunks:
                self._outputs.setdefault((chunk.stream, chunk.output), []).append(chunk)
            for erase in batch.erase:
                self._erase(erase)
            return admitted.events

    def read(self, stream: str, after: int = 0) -> list[Event]:
        """See Ledger."""
        with self._lock:
            return self._streams.get(stream, [])[max(after, 0) :]

    def feed(self, after: int = 0, limit: int = 1000) -> list[Event]:
        """See Ledger."""
        with self._lock:
            return [event for event in self._events if event.position > after][:limit]

    def heads(self, kind: StreamKind, limit: int = 50) -> list[Head]:
        """See Ledger."""
        with self._lock:
            return [head for head in reversed(self._heads.values()) if head.kind == kind][:limit]

    def find(self, text: str) -> list[str]:
        """See Ledger."""
        wanted = text.lower()
        with self._lock:
            newest = list(reversed(self._heads))
        found = [stream for stream in newest if wanted and stream.lower().startswith(wanted)]
        found += [stream for stream in newest if wanted and stream.lower().endswith(wanted) and stream not in found]
        return sorted(found, key=lambda stream: stream.lower() != wanted)[:10]

    def output(self, stream: str, output: str, offset: int = 0) -> Iterator[Chunk]:
        """See Ledger."""
        with self._lock:
            kept = list(self._outputs.get((stream, output), ()))
        for chunk in kept:
            skip = max(offset - chunk.offset, 0)
            if skip < len(chunk.data):
                yield replace(chunk, offset=chunk.offset + skip, data=chunk.data[skip:])

    def outputs(self, stream: str) -> list[Kept]:
        """See Ledger."""
        with self._lock:
            return sorted(
                (Kept(name, self.end(owner, name)) for owner, name in self._outputs if owner == stream),
                key=lambda kept: kept.output,
            )

    def forget(self, streams: Sequence[str], batch: Batch) -> list[Event]:
        """See Ledger."""
        gone = set(streams)
        with self._lock:
            appended = self.commit(batch)
            self._events = [event for event in self._events if event.stream not in gone]
            for stream in gone:
                self._streams.pop(stream, None)
                self._heads.pop(stream, None)
                self._leases.pop(stream, None)
            self._outputs = {key: kept for key, kept in self._outputs.items() if key[0] not in gone}
            return appended

    def _erase(self, erase: Erase) -> None:
        if erase.output:
            self._outputs.pop((erase.stream, erase.output), None)
            return
        events = self._streams[erase.stream]
        without = replace(events[erase.seq - 1], data=None, salt=b"")
        events[erase.seq - 1] = without
        self._events = [without if event.position == without.position else event for event in self._events]

    def acquire(self, stream: str, owner: str) -> Lease:
        """See Ledger. Nobody dies here: a lease is held until it is released."""
        check_claim(stream, owner)
        with self._lock:
            given = self.lease(stream)
            if given is not None and given.owner:
                raise Held(stream, given.owner)
            lease = Lease(stream, given.epoch + 1 if given else 1, owner)
            self._leases[stream] = lease
            return lease

    def holder(self, stream: str) -> str | None:
        """See Ledger."""
        given = self.lease(stream)
        return (given.owner or None) if given else None

    def release(self, lease: Lease) -> None:
        """See Ledger."""
        with self._lock:
            if self._leases.get(lease.stream) == lease:
                self._leases[lease.stream] = replace(lease, owner="")

    def close(self) -> None:
        """Nothing to let go of."""

    def head(self, stream: str) -> Head | None:
        """The end of a stream."""
        return self._heads.get(stream)

    def end(self, stream: str, output: str) -> int:
        """How many bytes of an output are kept."""
        kept = self._outputs.get((stream, output))
        return kept[-1].offset + len(kept[-1].data) if kept else 0

    def lease(self, stream: str) -> Lease | None:
        """The lease given last."""
        return self._leases.get(stream)

    def position(self) -> int:
        """The position given last."""
        return self._position
