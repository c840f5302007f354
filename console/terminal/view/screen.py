"""The terminal a run is shown on: lines of at most its width; when it goes away, the run goes on unseen."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from typing import TextIO

from console.terminal.view.paint import Style, columns_of, fit, painted, printable_in, wants_colour

NARROWEST = 30
SHORTEST_ASIDE = 6


class Screen:
    """stderr by default, since stdout is for data. Nothing here raises: a lost terminal must not end a run."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._colour = wants_colour(self._stream, os.environ)
        self._gone = False

    @property
    def columns(self) -> int:
        """How wide it is now; a terminal may be resized."""
        return max(NARROWEST, shutil.get_terminal_size().columns)

    def line(self, text: str = "", style: Style = "plain", *, lead: str = "", aside: str = "") -> None:
        """One line, cut to the width: `lead` before it and `aside` behind it, both faint."""
        text = fit(text, self.columns - columns_of(lead))
        left = self.columns - columns_of(lead + text)
        aside = fit(aside, left) if left > SHORTEST_ASIDE else ""
        self._write(self._painted(lead, "faint") + self._painted(text, style) + self._painted(aside, "faint") + "\n")

    def whole(self, text: str, style: Style = "plain", *, lead: str = "") -> None:
        """All of a text, in as many lines as it takes, none of them left of its `lead`."""
        for line in textwrap.wrap(text, self.columns - len(lead)) or [""]:
            self._write(self._painted(lead, "faint") + self._painted(line, style) + "\n")
            lead = " " * len(lead)

    def block(self, text: str = "") -> None:
        """Lines that may be copied, and so are never cut."""
        self._write(self._painted(text, "plain") + "\n")

    def prompt(self, text: str) -> None:
        """Words that an answer is typed behind."""
        self._write(self._painted(text, "strong"))

    def go_away(self) -> None:
        """Nobody looks any more."""
        self._gone = True

    def _painted(self, text: str, style: Style) -> str:
        return painted(printable_in(text, self._stream.encoding or "ascii"), style, colour=self._colour)

    def _write(self, text: str) -> None:
        if self._gone:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            self._gone = True
