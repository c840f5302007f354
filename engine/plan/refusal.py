"""A plan that cannot be: every reason at once, and the next command."""

from __future__ import annotations

from collections.abc import Sequence


class PlanRefused(Exception):
    """Hosts, params or secrets do not fit the runbook. `problems` are complete sentences; `hint` is what to type."""

    def __init__(self, problems: Sequence[str], hint: str = "") -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)
        self.hint = hint
