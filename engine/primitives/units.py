"""Durations, review spans and sizes as people write them, into numbers; a bare number is never guessed at."""

from __future__ import annotations

import re

_SECONDS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DAYS = {"d": 1, "w": 7}
_BYTES = {
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}
_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,3})?"

DURATION = rf"(?=.)(?:{_NUMBER}d)?(?:{_NUMBER}h)?(?:{_NUMBER}m)?(?:{_NUMBER}s)?(?:{_NUMBER}ms)?"
DAYS = r"[1-9][0-9]{0,3}[dw]"
SIZE = rf"{_NUMBER} ?(?:{'|'.join(_BYTES)})"
LONGEST = 366 * 86400.0
LARGEST = 2**50


def parse_duration(text: str) -> float:
    """Seconds from `60s`, `5m`, `1h30m`, `500ms`. Raises ValueError that shows the fix."""
    if not re.fullmatch(DURATION, text):
        raise ValueError(_unlike(text, "a duration", "60s, 5m, 1h30m or 500ms", ("s", "m", "h")))
    parts = re.findall(rf"({_NUMBER})(ms|[dhms])", text)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if seconds > LONGEST:
        raise ValueError(f"{text} is longer than a year; the longest duration is 366d")
    return round(seconds, 6)


def parse_days(text: str) -> int:
    """Whole days from `90d` or `12w`. Raises ValueError that shows the fix."""
    if not re.fullmatch(DAYS, text):
        raise ValueError(_unlike(text, "a number of days", "90d or 12w", ("d", "w")))
    return int(text[:-1]) * _DAYS[text[-1]]


def parse_size(text: str) -> int:
    """Bytes from `5MB` (5,000,000) or `256KiB` (262,144). Raises ValueError that shows the fix."""
    if not re.fullmatch(SIZE, text):
        raise ValueError(_unlike(text, "a size", "5MB, 256KiB or 100B", ("B", "KB", "MB")))
    number = re.match(_NUMBER, text)
    assert number is not None
    size = int(float(number[0]) * _BYTES[text[number.end() :].strip()])
    if size > LARGEST:
        raise ValueError(f"{text} is larger than 1024TiB")
    return size


def _unlike(text: str, noun: str, examples: str, units: tuple[str, ...]) -> str:
    if re.fullmatch(_NUMBER, text):
        *most, last = (text + unit for unit in units)
        return f"{text} has no unit; write {', '.join(most)} or {last}"
    return f"{text!r} is not {noun}; write it like {examples}"
