"""A record as it happened, second by second: what was said when, and every output as it grew; draws nothing."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from incidents.ledger.protocol import Chunk, Ledger
from incidents.report.harmless import visible
from incidents.report.parts import Deed, Report

OUTPUT_BYTES = 64 * 1024
"""How much of the beginning of one output is played; the rest is in the ledger."""
ALL_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that was there from second `t` on."""

    t: int
    text: str


@dataclass(frozen=True, slots=True)
class Film:
    """One output as it grew; `left_out` bytes of it are not played."""

    name: str
    pieces: list[Piece]
    left_out: int


@dataclass(frozen=True, slots=True)
class Replay:
    """Seconds count from `start`, the first event of the record."""

    start: datetime
    seconds: int
    lines: list[Piece]
    films: list[Film]


def replay(ledger: Ledger, report: Report) -> Replay:
    """The replay of a report."""
    start = min(line.recorded for line in report.lines)
    lines = [Piece(_second(line.recorded, start), visible(f"{line.text} ({line.ref})")) for line in report.lines]
    films: list[Film] = []
    room = ALL_BYTES
    for deed in report.deeds:
        for name in ("out", "err"):
            film = _film(ledger, deed, name, start, min(OUTPUT_BYTES, room))
            if film:
                room -= sum(len(piece.text) for piece in film.pieces)
                films.append(film)
    last = max([piece.t for piece in lines] + [film.pieces[-1].t for film in films if film.pieces])
    return Replay(start, last, lines, films)


def _film(ledger: Ledger, deed: Deed, name: str, start: datetime, room: int) -> Film | None:
    chunks = list(_first(ledger.output(deed.run, deed.subject.output(name)), room))
    if not chunks:
        return None
    played = sum(len(chunk.data) for chunk in chunks)
    seal = deed.finished.output.get(name) if deed.finished else None
    length = seal.get("length") if isinstance(seal, dict) else None
    attempt = f", attempt {deed.subject.attempt}" if deed.subject.attempt > 1 else ""
    where = f" on {deed.subject.host}" if deed.subject.host else ""
    title = f"{deed.subject.step}{where}{attempt}, {'stdout' if name == 'out' else 'stderr'}"
    pieces = list(_texts(chunks, start, deed.first.recorded))
    return Film(visible(title), pieces, max(0, length - played) if isinstance(length, int) else 0)


def _first(chunks: Iterator[Chunk], room: int) -> Iterator[Chunk]:
    for chunk in chunks:
        if room <= 0:
            return
        yield Chunk(chunk.stream, chunk.output, chunk.offset, chunk.data[:room], chunk.recorded)
        room -= len(chunk.data)


def _texts(chunks: Sequence[Chunk], start: datetime, otherwise: datetime) -> Iterator[Piece]:
    """Characters may be cut by a chunk's end; a chunk of an old ledger has no time of its own."""
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    for number, chunk in enumerate(chunks, 1):
        text = decoder.decode(chunk.data, final=number == len(chunks))
        yield Piece(_second(chunk.recorded or otherwise, start), visible(text, keep="\n\t"))


def _second(at: datetime, start: datetime) -> int:
    return max(0, int((at - start).total_seconds()))
