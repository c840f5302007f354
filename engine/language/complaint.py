"""The models' complaints in an author's words: a code, what is wrong, what to do, and at which character."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from engine.primitives.faults import did_you_mean, quoted

LATER = {
    "rollout": "rollout",
    "approval": "approval",
    "reboot": "reboot",
    "triggers": "triggers",
    "parallel": "parallel",
    "serial": "rollout",
    "max_fail": "rollout",
    "keep_serving": "rollout",
    "hold": "hold",
}
"""Keys of the language that a later version executes, and what each belongs to."""

_EXPECTED = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "list": "a list",
    "dict": "a mapping",
    "model": "a mapping",
    "date": "a day like 2026-11-20",
}
_LIMITS = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "string_too_short": "text is missing here",
    "string_too_long": "the text is too long; {max_length} characters are allowed",
    "too_short": "at least {min_length} must stand here",
    "too_long": "more than {max_length} stand here",
    "string_pattern_mismatch": "does not look right here; it must fit {pattern}",
}


_INT = re.compile(r"-?[0-9]+")


class Complaint(NamedTuple):
    """`column` is the character in the text where it is, when known; `on_key` points at the key instead."""

    code: str
    message: str
    hint: str = ""
    column: int | None = None
    on_key: bool = False


def complaint(error: ErrorDetails, known: Sequence[str]) -> Complaint:
    """What a model's error means; `known` are the keys allowed in the mapping it is about."""
    kind, loc, given = error["type"], error["loc"], error["input"]
    context: dict[str, Any] = error.get("ctx", {})
    last = str(loc[-1]) if loc else ""
    if kind == "missing":
        return Complaint("missing-key", f"{last} is missing", on_key=True)
    if kind == "extra_forbidden":
        return unknown_key(last, known)
    if kind == "literal_error":
        return _not_a_choice(last, given, str(context["expected"]))
    if kind == "value_error":
        fault = context["error"]
        hint, column = getattr(fault, "hint", ""), getattr(fault, "column", None)
        return Complaint("bad-value", str(fault), hint, column, on_key=last == "[key]")
    if kind in _LIMITS:
        said = _LIMITS[kind].format(**context)
        subject = f"{quoted(str(given))} " if said.startswith(("must", "does")) else ""
        return Complaint("out-of-bounds" if kind != "string_pattern_mismatch" else "bad-value", subject + said)
    expected = _EXPECTED.get(kind.split("_")[0])
    if expected is not None:
        quote = f'write "{str(given).lower() if isinstance(given, bool) else given}" in quotes'
        hint = quote if expected == "text" and isinstance(given, (int, float)) else ""
        hint = "remove the quotes" if isinstance(given, str) and _INT.fullmatch(given) else hint
        return Complaint("wrong-type", f"{expected} is expected here, this is {_noun(given)}", hint)
    return Complaint("bad-value", error["msg"])


def unknown_key(key: str, known: Sequence[str]) -> Complaint:
    """A key the language does not have, or does not execute yet."""
    if key in LATER:
        part = "" if LATER[key] == key else f" (it belongs to {LATER[key]})"
        hint = "remove it; nothing is ever silently ignored"
        return Complaint("later-version", f"this version does not execute {key} yet{part}", hint, on_key=True)
    hint = did_you_mean(key, known)
    if not hint and known:
        hint = f"known here: {', '.join(known)}" if len(known) <= 12 else "names beginning with x- are free for notes"
    return Complaint("unknown-key", f"unknown key {quoted(key)}", hint, on_key=True)


def _not_a_choice(key: str, given: Any, expected: str) -> Complaint:
    if key == "version":
        return Complaint("bad-version", f"version {given} is not known; this Watchbook reads version 1")
    choices = re.findall(r"'([^']*)'", expected)
    hint = did_you_mean(str(given), choices)
    if not choices:
        return Complaint("not-a-choice", f"{expected.lower()} is expected here, not {quoted(str(given))}")
    return Complaint("not-a-choice", f"{quoted(str(given))} is not one of {', '.join(choices)}", hint)


def _noun(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"
