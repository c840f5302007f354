"""Reads JSON that means one thing only: no duplicate keys, no NaN, bounded depth; must not know requests."""

from __future__ import annotations

import json
from collections.abc import Callable

MAX_DEPTH = 32


class NotStrict(ValueError):
    """The text is not JSON, or not JSON that every reader would understand alike."""


def parse(data: bytes, *, number: Callable[[str], object] | None = None) -> object:
    """The value of `data` (UTF-8). `number` replaces how number literals are read. Raises NotStrict."""
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_refuse,
            parse_float=number or _finite,
            parse_int=number or int,
        )
    except NotStrict:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrict("is not valid JSON") from error
    if _deeper_than(value, MAX_DEPTH):
        raise NotStrict(f"is nested deeper than {MAX_DEPTH} levels")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("holds a key twice")
    return found


def _refuse(literal: str) -> object:
    raise NotStrict(f"holds {literal}, which is not JSON")


def _finite(literal: str) -> float:
    value = float(literal)
    if value in (float("inf"), float("-inf")):
        raise NotStrict("holds a number too large to represent")
    return value


def _deeper_than(value: object, limit: int) -> bool:
    level = [value]
    for _ in range(limit):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True
