"""Names out of words: ids of runbooks and steps, names of params, each free and allowed; knows no guide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from engine.primitives.names import SLUG_MAX, check_book_id, check_name

_LONGEST_ID = 40


def step_id(words: str, taken: Container[str], otherwise: str) -> str:
    """A free id made of words; `otherwise` serves when no letter is left."""
    return _free(_slug(words) or otherwise, taken)


def book_id(words: str, taken: Container[str], otherwise: str) -> str:
    """A free id that a runbook may have."""
    made = _slug(words) or otherwise
    try:
        check_book_id(made)
    except ValueError:
        made = f"{made}-guide"
    return _free(made, taken)


def param_name(words: str) -> str:
    """A name that a param or a secret may have."""
    made = re.sub(r"[^a-z0-9]+", "_", _ascii(words)).strip("_0123456789")[:40].strip("_") or "value"
    made = f"{made.removesuffix('_file')}_path" if made.endswith("_file") else made
    try:
        return check_name(made)
    except ValueError:
        return f"given_{made.removesuffix('_proxy')}"


def _slug(words: str) -> str:
    words = _ascii(re.sub(r"['’]", "", words))
    made = re.sub(r"[^a-z0-9]+", "-", words).lstrip("0123456789-").strip("-")
    if len(made) > _LONGEST_ID:
        made = made[: _LONGEST_ID + 1].rpartition("-")[0] or made[:_LONGEST_ID]
    return made.strip("-")


def _ascii(words: str) -> str:
    return unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()


def _free(made: str, taken: Container[str]) -> str:
    number, one = 1, made
    while one in taken:
        number += 1
        one = f"{made[: SLUG_MAX - 8]}-{number}"
    return one
