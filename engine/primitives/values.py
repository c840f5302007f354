"""The values a param, an input or an output can have, and how they look as shell variables."""

from __future__ import annotations

Value = str | int | float | bool


def as_text(value: Value) -> str:
    """The one text form of a value: what a shell variable holds and what a template shows."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
