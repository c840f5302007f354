"""A book with stand-ins for what is broken in it, so that one pass can judge the rest too."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from engine.language.book import Book
from engine.language.validate import to_book
from incidents.event import Json

_STAND_INS: dict[str, dict[str, Any]] = {
    "steps": {"guide": "a stand-in"},
    "finally": {"guide": "a stand-in"},
    "tests": {"expect": {"outcome": "succeeded"}},
    "symptoms": {"say": "a stand-in"},
}
_REQUIRED: dict[str, Any] = {"version": 1, "id": "stand-in", "title": "a stand-in"}


def partly(document: dict[str, Json], errors: Sequence[ErrorDetails]) -> tuple[Book | None, frozenset[str]]:
    """What can be judged of a broken document (None: nothing), and the names that broken parts of it declare."""
    data: dict[str, Any] = copy.deepcopy(document)
    for error in errors:
        _replace(data, error["loc"])
    for key, value in _REQUIRED.items():
        data.setdefault(key, value)
    return to_book(data)[0], frozenset({*_declared(document)} - {*_declared(data)})


def _replace(data: dict[str, Any], loc: tuple[int | str, ...]) -> None:
    """Takes out what the loc points at; a list keeps a stand-in there, so that its other places stay true."""
    section = str(loc[0]) if loc else ""
    inside = data.get(section)
    if len(loc) == 1 or not isinstance(inside, (dict, list)):
        data.pop(section, None)
    elif isinstance(inside, dict):
        inside.pop(str(loc[1]), None)
    elif section in _STAND_INS and isinstance(loc[1], int):
        called = "name" if section == "tests" else "id"
        inside[loc[1]] = {**_STAND_INS[section], called: f"stand-in-{section}-{loc[1]}"}


def _declared(document: dict[str, Any]) -> Iterator[str]:
    for section in ("params", "checks", "secrets"):
        if isinstance(names := document.get(section), dict):
            yield from names
    for section in ("steps", "finally"):
        steps = document.get(section)
        for step in steps if isinstance(steps, list) else ():
            if isinstance(step, dict):
                yield from (str(step["id"]),) if "id" in step else ()
                yield from (
                    name for key in ("outputs", "input") if isinstance(step.get(key), dict) for name in step[key]
                )
