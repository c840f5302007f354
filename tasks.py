"""The front door: every task and every runbook, for `./inv …` and for plain `invoke …`; it knows no step."""

from __future__ import annotations

from console.terminal.program import Watchbook

if __name__ == "__main__":
    Watchbook().run()
else:
    from console.terminal.tasks import namespace

    ns = namespace()
