"""A plan as a person, or a script, reads it before anything acts: what, where, and what has no way back."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import asdict

from console.terminal.view.paint import harmless
from engine.plan.layout import lay_out
from engine.plan.outline import Line, outline
from incidents.vocabulary.run import RunPlanned

WIDTH = 78
_LABEL = 11
_TO_COPY = ("does", "on host")


def plan_json(planned: RunPlanned) -> Iterator[dict[str, object]]:
    """One object a step."""
    for line in outline(lay_out(planned)):
        yield {"schema": "watchbook/plan/1", **asdict(line)}


def plan_page(planned: RunPlanned) -> str:
    """The plan for people."""
    lines = outline(lay_out(planned))
    changes = sum(line.effect != "read" for line in lines)
    head = (
        f"Plan of {planned.book['id']} on {', '.join(planned.hosts)}: {len(lines)} steps, {changes} of them change "
        "something. Nothing was touched."
    )
    parts = [textwrap.fill(head, WIDTH)]
    section = "main"
    for number, line in enumerate(lines, 1):
        if line.section != section:
            section = line.section
            parts.append("Finally, whatever happened:")
        parts.append("\n".join(_step(number, line)))
    return "\n\n".join(parts)


def _step(number: int, line: Line) -> Iterator[str]:
    yield f"{number:2}. {line.title}  ({line.path}, {line.effect})"
    where = ", ".join(line.hosts) or "once, at no host"
    if line.acts_on:
        where += f"; acts on {line.acts_on}"
    rows = [
        ("on", where),
        ("when", line.condition),
        ("asks you" if line.asks else "does", line.command),
        *(("on host", asked) for asked in line.asks_host if asked != line.command),
        ("verified", line.verify),
        ("way back", line.way_back),
    ]
    for label, text in rows:
        if text:
            yield from _row(label, text, whole=label in _TO_COPY)


def _row(label: str, text: str, *, whole: bool) -> list[str]:
    """Prose is wrapped; a command keeps its lines, so that it can be read and copied as it will run."""
    hang = " " * (4 + _LABEL)
    lines: list[str] = []
    for part in map(harmless, text.splitlines()):
        lines += [part] if whole else textwrap.wrap(part, WIDTH - len(hang))
    first, *more = lines or [""]
    return [f"{f'    {label}':{len(hang)}}{first}", *(f"{hang}{line}" for line in more)]
