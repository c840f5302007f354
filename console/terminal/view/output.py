"""A step's output as it comes: whole lines, the first few, then only their number; it knows no screen."""

from __future__ import annotations

from dataclasses import dataclass

from console.terminal.view.paint import harmless

SHOWN = 20
LONGEST = 4096


@dataclass(slots=True)
class Output:
    """The lines of one stream of one act."""

    shown: int = 0
    hidden: int = 0
    rest: bytes = b""

    def feed(self, data: bytes) -> list[str]:
        """The lines to show now."""
        *whole, self.rest = (self.rest + data).split(b"\n")
        if len(self.rest) > LONGEST:  # a line without an end is cut once, not kept whole
            whole, self.rest = [*whole, self.rest], b""
        return self._take(whole)

    def finish(self) -> list[str]:
        """What came without a line end."""
        rest, self.rest = self.rest, b""
        return self._take([rest] if rest else [])

    def _take(self, lines: list[bytes]) -> list[str]:
        room = max(0, SHOWN - self.shown)
        self.shown += len(lines[:room])
        self.hidden += len(lines[room:])
        return [harmless(line[:LONGEST].decode("utf-8", "replace").rstrip("\r")) for line in lines[:room]]
