"""What a command leaves behind for scripts: the last line of `--json` and the exit code; it knows no task."""

from __future__ import annotations

from dataclasses import dataclass

from console.terminal.exits import Exits


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended; `run` and `incident` are ids, where there are any. What was no run has no `outcome`."""

    outcome: str = ""
    exits: Exits = Exits.DONE
    run: str = ""
    incident: str = ""

    def to_json(self) -> dict[str, object]:
        """The last line of every `--json`; its keys and their order never change."""
        return {
            "schema": "watchbook/outcome/1",
            "run": self.run or None,
            "incident": self.incident or None,
            "outcome": self.outcome or self.exits.word,
            "exit": int(self.exits),
        }
