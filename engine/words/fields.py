"""Field types that several words share: constant shell text, exit codes; knows no single word."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from engine.primitives.names import DOTTED

LONGEST_SCRIPT = 100_000
_HOLE = re.compile(r"\{\{\s*(" + DOTTED + r")\s*\}\}")


def _constant(script: str) -> str:
    if hole := _HOLE.search(script):
        name = hole[1].replace(".", "_")
        raise ValueError(
            f'a command is constant text, so {hole[0]} is not looked up here; write "${name}": '
            "params and outputs arrive as shell variables"
        )
    if not script.strip():
        raise ValueError("the command is empty")
    if "\0" in script:
        raise ValueError("a command cannot hold a NUL character")
    return script


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


Script = Annotated[str, Field(max_length=LONGEST_SCRIPT), AfterValidator(_constant)]
"""Constant shell text; params, inputs and outputs arrive as exported variables, so write "$name"."""

_Whole = Annotated[int, Field(strict=True)]
_one_or_many = WithJsonSchema({"anyOf": [{"type": "integer"}, {"type": "array", "items": {"type": "integer"}}]})

Codes = Annotated[list[_Whole], BeforeValidator(_listed), Field(min_length=1), _one_or_many]
"""One number or a list of numbers: exit codes, HTTP statuses."""
