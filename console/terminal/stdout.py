"""stdout is data for whoever reads it; when the reader has gone, the run that tells it goes on untold."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping


def say(text: str) -> None:
    """Lines on stdout, there when this returns, if anybody is still reading."""
    try:
        print(text, flush=True)
    except OSError:
        nobody_reads()


def say_json(line: Mapping[str, object]) -> None:
    """One JSON object as one line."""
    say(json.dumps(line, default=str))


def nobody_reads() -> None:
    """From here on stdout goes nowhere; Python would complain at its end otherwise."""
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a descriptor is wanted, not a path
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
