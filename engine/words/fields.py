"""Field types that several words share: constant shell text, exit codes; knows no single word."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from engine.primitives.names import DOTTED
from engine.primitives.shorthand import OneOrMany
from engine.primitives.template import TemplateError

LONGEST_SCRIPT = 100_000
HOLE = re.compile(r"\{\{\s*(" + DOTTED + r")\s*\}\}")


def _constant(script: str) -> str:
    if hole := HOLE.search(script):
        name = hole[1].replace(".", "_")
        raise TemplateError(
            f'a command is constant text, so {hole[0]} is not looked up here; write "${name}": '
            "params and outputs arrive as shell variables",
            hole.start(),
        )
    if not script.strip():
        raise ValueError("the command is empty")
    if "\0" in script:
        raise ValueError("a command cannot hold a NUL character")
    return script


Script = Annotated[str, Field(max_length=LONGEST_SCRIPT), AfterValidator(_constant)]
"""Constant shell text; params, inputs and outputs arrive as exported variables, so write "$name"."""

_Whole = Annotated[int, Field(strict=True)]

Codes = Annotated[list[_Whole], Field(min_length=1), OneOrMany()]
"""One number or a list of numbers: exit codes, HTTP statuses."""
