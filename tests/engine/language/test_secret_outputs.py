"""A secret output is declared, named as a file by later steps, and can stand in no text and no condition."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.language.load import load_text
from engine.primitives.faults import BookFaults

BOOK = """
version: 1
id: makes
title: Makes a secret
kind: check
owner: nobody
steps:
  - {id: make, effect: read, run: "true", outputs: {fresh: %s}}
  - %s
"""


def faults(output: str, then: str) -> str:
    with pytest.raises(BookFaults) as caught:
        load_text((BOOK % (output, then)).encode(), Path("makes.yaml"))
    return "\n".join(f"{fault}; {fault.hint}" for fault in caught.value.faults)


def test_later_steps_name_its_file() -> None:
    then = "{id: use, effect: read, run: 'cat \"$fresh_file\"'}"
    book = load_text((BOOK % ("{secret: true}", then)).encode(), Path("makes.yaml")).book
    assert book.steps


@pytest.mark.parametrize(
    ("output", "then", "said"),
    [
        ("{secret: true}", "{id: tell, notify: {to: [x], message: 'it is {{ fresh }}'}}", "never stands in a text"),
        ("{secret: true}", "{id: use, when: fresh == 'x', effect: read, run: 'true'}", '"$fresh_file"'),
        ("{secret: true, type: integer}", "{id: use, effect: read, run: 'true'}", "a secret output is a string"),
        ("{secret: true, default: x}", "{id: use, effect: read, run: 'true'}", "has no default"),
        ("{secret: true}", "{id: use, effect: read, run: 'true', outputs: {fresh_file: {}}}", "cannot be"),
    ],
)
def test_it_is_in_no_text(output: str, then: str, said: str) -> None:
    assert said in faults(output, then)
