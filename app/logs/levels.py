"""The level names and their order; must not know where lines go."""

from __future__ import annotations

ORDER = {
    "TRACE": 5,
    "DEBUG": 10,
    "INFO": 20,
    "NOTICE": 25,
    "WARN": 30,
    "ERROR": 40,
    "FATAL": 50,
    "SECURITY": 60,
}
"""Level name to rank. SECURITY outranks everything: no threshold hides it."""


def by_status(status: int) -> str:
    """The level of a request's line: 5xx ERROR, 4xx WARN, else INFO."""
    return "ERROR" if status >= 500 else "WARN" if status >= 400 else "INFO"
