"""Plain data as YAML that a person would have written and our strict reader reads back as it was; knows no keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from incidents.event import Json

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 _./()'+-]|:(?=[^\s:]))*")
_MEANS_SOMETHING = re.compile(r"(?:true|false|null|yes|no|on|off|y|n)", re.IGNORECASE)


def yaml_text(document: Mapping[str, Json]) -> str:
    """A mapping, in block style. Texts are plain where nobody can misread them, blocks where they have lines."""
    return "".join(f"{line}\n" for line in _mapping(document, ""))


def _mapping(data: Mapping[str, Json], indent: str) -> Iterator[str]:
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{key}:"
            yield from _mapping(value, f"{indent}  ")
        elif isinstance(value, list) and value:
            yield f"{indent}{key}:"
            yield from _list(value, f"{indent}  ")
        else:
            first, *rest = _scalar(value, f"{indent}  ")
            yield f"{indent}{key}: {first}"
            yield from rest


def _list(data: Sequence[Json], indent: str) -> Iterator[str]:
    for value in data:
        if isinstance(value, dict) and value:
            first, *rest = _mapping(value, f"{indent}  ")
            yield f"{indent}- {first[len(indent) + 2 :]}"
            yield from rest
        else:
            first, *rest = _scalar(value, f"{indent}  ")
            yield f"{indent}- {first}"
            yield from rest


def _scalar(value: Json, indent: str) -> list[str]:
    if not isinstance(value, str):
        return [json.dumps(value, ensure_ascii=False)]
    if _is_block(value):
        kept = value.endswith("\n")
        lines = value.removesuffix("\n").split("\n")
        return ["|" if kept else "|-", *(f"{indent}{line}" if line else "" for line in lines)]
    if _PLAIN.fullmatch(value) and value == value.strip() and not _MEANS_SOMETHING.fullmatch(value):
        return [value]
    if '"' in value and value.isprintable():
        return ["'" + value.replace("'", "''") + "'"]
    return [json.dumps(value, ensure_ascii=False)]


def _is_block(text: str) -> bool:
    """Whether a literal block shows the text exactly: it has lines, and none that ends or begins unseen."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and bool(lines[0].strip())
        and not lines[0][0].isspace()
        and all(line == "" or line.strip() for line in lines)
        and lines[-1] != ""
    )
