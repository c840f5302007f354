"""Reads a witness: the value that tells, before and after, whether the act itself happened."""

from __future__ import annotations

from dataclasses import dataclass

from engine.language.blocks import Witness
from engine.words.word import Scene

LONGEST = 4096
"""Characters of a witness value that are kept and compared."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The value, or None and why there is none."""

    value: str | None
    detail: str = ""


def read_witness(witness: Witness, scene: Scene) -> Reading:
    """Runs the witness's one read."""
    raise NotImplementedError(witness, scene)
