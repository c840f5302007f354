"""A book with stand-ins for what is broken in it, so that one pass can judge the rest too."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import ErrorDetails

from engine.language.book import Book
from engine.language.validate import to_book
from incidents.event import Json

ROUNDS = 3
"""Models that fit together only when their parts do complain one round later."""

_STAND_INS: dict[str, dict[str, Any]] = {
    "steps": {"guide": "a stand-in"},
    "finally": {"guide": "a stand-in"},
    "tests": {"expect": {"outcome": "succeeded"}},
    "symptoms": {"say": "a stand-in"},
}
_BY_NAME = ("params", "checks", "secrets")
_REQUIRED: dict[str, Any] = {"version": 1, "id": "stand-in", "title": "a stand-in"}


def partly(document: dict[str, Json], errors: Sequence[ErrorDetails]) -> tuple[Book | None, frozenset[str]]:
    """What can be judged of a broken document (None: nothing), and the names that broken parts of it declare."""
    data: dict[str, Any] = copy.deepcopy(document)
    book = None
    for _ in range(ROUNDS):
        for error in errors:
            _replace(data, error["loc"])
        data = {**_REQUIRED, **data}
        book, errors = to_book(data)
    return book, frozenset({*_declared(document)} - {*_declared(data)})


def _replace(data: dict[str, Any], loc: tuple[int | str, ...]) -> None:
    """Takes out what the loc points at; a list keeps a stand-in there, so that its other places stay true."""
    section = str(loc[0]) if loc else ""
    inside = data.get(section)
    if len(loc) > 1 and isinstance(inside, dict) and section in _BY_NAME:
        inside.pop(str(loc[1]), None)
    elif len(loc) > 1 and isinstance(inside, list) and isinstance(loc[1], int) and section in _STAND_INS:
        called = "name" if section == "tests" else "id"
        broken = inside[loc[1]]
        own = broken.get(called) if isinstance(broken, dict) and called not in loc[2:3] else None
        inside[loc[1]] = {**_STAND_INS[section], called: own or f"stand-in-{section}-{loc[1]}"}
    else:
        data.pop(section, None)


def _declared(document: dict[str, Any]) -> Iterator[str]:
    for section in _BY_NAME:
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
