"""What a run refuses to people, and the next command."""

from __future__ import annotations


class Refused(Exception):
    """The record stays as it is; `hint` is what to type or do next."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
