"""`inv demo`: the whole thing once, on this machine; it knows nothing of how."""

from __future__ import annotations

from invoke.context import Context

from console.terminal.outcome import Outcome
from console.terminal.task import task


@task(help={"json": "one JSON object per line, for scripts", "keep": "leave the backend up, and say how to go on"})
def demo(_: Context, json: bool = False, keep: bool = False) -> Outcome:
    """Start a backend, kill it, heal it; show the record."""
    from console.terminal.demo.story import demo as play

    return play(as_json=json, keep=keep)
