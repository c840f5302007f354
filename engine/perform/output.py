"""The way of a step's output into the record: scrubbed, counted, hashed, cut at a cap that the record states."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from engine.perform.outbox import Outbox
from engine.primitives.clock import Clock
from engine.reach.place import Stream
from incidents.event import Json, Subject
from incidents.ledger.protocol import Chunk
from incidents.scrub import ScrubbedStream, Scrubber

CAP = 10 * 1024 * 1024
"""Bytes of one stream of one step that the record keeps; the rest is only counted and hashed."""
PIECE = 64 * 1024
FLUSH_SECONDS = 0.5


@dataclass(slots=True)
class _Channel:
    scrubbed: ScrubbedStream
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    kept_digest: hashlib._Hash = field(default_factory=hashlib.sha256)
    length: int = 0
    kept: int = 0
    pending: bytearray = field(default_factory=bytearray)
    flushed: float = 0.0


class Output:
    """A Sink for one act. Lengths and digests are of the scrubbed bytes: what the record can show."""

    def __init__(
        self, outbox: Outbox, run: str, subject: Subject, scrubber: Scrubber, clock: Clock, *, sensitive: bool
    ) -> None:
        self._outbox, self._run, self._subject, self._clock = outbox, run, subject, clock
        self._sensitive = sensitive
        self._channels: dict[Stream, _Channel] = {
            "out": _Channel(scrubber.stream()),
            "err": _Channel(scrubber.stream()),
        }

    def __call__(self, stream: Stream, data: bytes) -> None:
        channel = self._channels[stream]
        self._take(stream, channel, channel.scrubbed.feed(data))

    def seal(self) -> dict[str, Json]:
        """Writes what is pending and answers the seals: {"out": {"length", "sha256", "kept"}, "err": …}.

        Where the cap cut something off, `kept_sha256` seals what is there.
        """
        seals: dict[str, Json] = {}
        for stream, channel in self._channels.items():
            self._take(stream, channel, channel.scrubbed.finish())
            self._flush(stream, channel)
            if channel.length:
                seals[stream] = {
                    "length": channel.length,
                    "sha256": channel.digest.hexdigest(),
                    "kept": channel.kept,
                    **({"kept_sha256": channel.kept_digest.hexdigest()} if 0 < channel.kept < channel.length else {}),
                }
        return seals

    def _take(self, stream: Stream, channel: _Channel, data: bytes) -> None:
        if not data:
            return
        channel.digest.update(data)
        channel.length += len(data)
        if self._sensitive:
            return
        self._outbox.show(self._subject, stream, data)
        channel.pending += data[: max(0, CAP - channel.kept - len(channel.pending))]
        now = self._clock.monotonic()
        if len(channel.pending) >= PIECE or now - channel.flushed > FLUSH_SECONDS:
            self._flush(stream, channel)
            channel.flushed = now

    def _flush(self, stream: Stream, channel: _Channel) -> None:
        if not channel.pending:
            return
        name = self._subject.output(stream)
        self._outbox.keep(Chunk(self._run, name, channel.kept, bytes(channel.pending)))
        channel.kept += len(channel.pending)
        channel.kept_digest.update(channel.pending)
        channel.pending.clear()
