"""Runs a book's own `tests:` through the real conductor and driver, on rehearsed hosts: nothing is touched."""

from engine.rehearse.rehearsal import CaseResult, rehearse

__all__ = ["CaseResult", "rehearse"]
