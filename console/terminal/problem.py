"""What a person is told when something is wrong: what, where, why, the next command; it knows no cause."""

from __future__ import annotations

from collections.abc import Sequence

from invoke.exceptions import Exit

from console.terminal.exits import Exits


class Problem(Exit):
    """Ends a task. Plain `invoke` prints it too, since it is Invoke's own way to end.

    `run` and `incident` are ids, when it came to a run at all.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        why: Sequence[str] = (),
        then: str = "",
        exits: Exits = Exits.INVALID,
        run: str = "",
        incident: str = "",
    ) -> None:
        self.what, self.where, self.then, self.exits = what, where, then, exits
        self.why = (why,) if isinstance(why, str) else tuple(why)
        self.run, self.incident = run, incident
        super().__init__(self.text(), int(exits))

    def text(self) -> str:
        """As a terminal shows it."""
        rows = [("where", self.where), *(("why", reason) for reason in self.why), ("next", self.then)]
        told = [f"  {label:6}{_indented(text)}" for label, text in rows if text]
        return "\n".join([self.what, *told])

    def to_json(self) -> dict[str, object]:
        """As `--json` prints it."""
        return {
            "schema": "watchbook/error/1",
            "what": self.what,
            "where": self.where,
            "why": list(self.why),
            "next": self.then,
            "exit": int(self.exits),
        }


def _indented(text: str) -> str:
    return text.replace("\n", "\n        ")
