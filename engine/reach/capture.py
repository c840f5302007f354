"""One output stream in bounded memory: whole lines onward, a digest of everything, the tail kept; knows no process."""

from __future__ import annotations

import hashlib

from engine.reach.edge import Act
from engine.reach.place import Captured, Sink, Stream

PIECE = 64 * 1024
"""Bytes handed on at most at once, and the longest line that stays whole."""
TAIL = 256 * 1024
"""Bytes kept for parsing outputs and for the end that a person is shown."""
PREFACE = 4 * 1024
"""Bytes kept of what a login shell or sudo says before the command begins."""


class Capture:
    """Feed it bytes as they come. What stands before the last herald is the `preface`, not output."""

    def __init__(self, stream: Stream, act: Act, sink: Sink) -> None:
        self._stream = stream
        self._sink = sink
        self._awaited = act.heralds if stream == "err" else 1
        self._herald = act.nonce.encode()
        self._preface = bytearray()
        self._rest = b""
        self._tail = bytearray()
        self._length = 0
        self._sha256 = hashlib.sha256()
        self.pids: tuple[int, ...] = ()

    @property
    def begun(self) -> bool:
        """True once the wrapper has said that the command begins."""
        return not self._awaited

    @property
    def preface(self) -> str:
        """What was said before the command began, heralds taken out."""
        return self._preface.decode("utf-8", "backslashreplace").strip()

    def feed(self, data: bytes) -> None:
        """Takes the next bytes, hands whole lines to the sink."""
        if self._awaited:
            data = self._await(data)
        cut = data.rfind(b"\n") + 1
        if cut:
            self._pass_on(self._rest + data[:cut])
            self._rest = data[cut:]
        else:
            self._rest += data
        if len(self._rest) >= PIECE:
            self._pass_on(self._rest)
            self._rest = b""

    def close(self) -> None:
        """Hands on the last line when it has no end."""
        self._pass_on(self._rest)
        self._rest = b""

    def captured(self) -> Captured:
        """What there was so far."""
        return Captured(bytes(self._tail[-TAIL:]), self._length, self._sha256.hexdigest())

    def _await(self, data: bytes) -> bytes:
        """Swallows the preface; answers what comes after the last herald."""
        self._preface += data
        while self._awaited and (start := self._preface.find(self._herald)) >= 0:
            end = self._preface.find(b"\n", start)
            if end < 0:
                break
            told = self._preface[start + len(self._herald) : end].strip()
            if told.isdigit():
                self.pids += (int(told),)
            self._awaited -= 1
            after = bytes(self._preface[end + 1 :])
            del self._preface[start:]
            if not self._awaited:
                return after
            self._preface += after
        del self._preface[:-PREFACE]
        return b""

    def _pass_on(self, block: bytes) -> None:
        while block:
            end = len(block) if len(block) <= PIECE else (block.rfind(b"\n", 0, PIECE) + 1 or PIECE)
            piece, block = block[:end], block[end:]
            self._length += end
            self._sha256.update(piece)
            self._tail += piece
            if len(self._tail) > 2 * TAIL:
                del self._tail[:-TAIL]
            self._sink(self._stream, piece)
