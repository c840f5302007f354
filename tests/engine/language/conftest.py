"""Books to break: a small sound one, and one with every key of the language."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.language.load import Loaded, load, load_text
from engine.primitives.faults import BookFaults, Fault

BOOKS = Path(__file__).parent / "books"

SMALL = """\
version: 1
id: small
title: A small one
params:
  unit: {default: backend}
  port: {type: integer, default: 8080}
secrets:
  token: {from: "env:TOKEN"}
checks:
  healthy: {run: "true"}
steps:
  - {id: look, check: healthy}
"""


@pytest.fixture(scope="session")
def everything() -> Loaded:
    """The book that uses every key of the language."""
    return load(BOOKS / "everything.yaml")


@pytest.fixture
def faults_of() -> Callable[[str], list[Fault]]:
    """What is wrong with a text, in the order of its lines."""

    def faults(text: str) -> list[Fault]:
        try:
            load_text(text.encode(), Path("book.yaml"))
        except BookFaults as error:
            return list(error.faults)
        return []

    return faults


@pytest.fixture
def with_steps(faults_of: Callable[[str], list[Fault]]) -> Callable[[str], list[Fault]]:
    """What is wrong with the small book and these lines under its steps; lines count from the first of them."""

    def faults(steps: str) -> list[Fault]:
        above = SMALL.count("\n")
        found = faults_of(SMALL + steps)
        return [Fault(f.path, f.line - above, f.column, f.code, f.message, f.hint, f.snippet, f.width) for f in found]

    return faults
