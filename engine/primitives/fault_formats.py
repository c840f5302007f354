"""Faults as people, scripts, GitHub and SARIF readers want them; decides nothing."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from engine.primitives.faults import Fault

WINDOW = 100
"""Characters of a source line that are shown around a fault."""


def human(fault: Fault) -> str:
    """The place and what is wrong, the line with a caret below it, and what to do."""
    head = f"{_shown(fault.path)}:{fault.line}:{fault.column}: {fault.level}: {_shown(fault.message)} [{fault.code}]"
    lines = [head]
    if fault.snippet:
        start = max(0, fault.column - 1 - WINDOW // 2)
        shown = fault.snippet[start : start + WINDOW]
        caret = fault.column - 1 - start
        number = str(fault.line)
        margin = " " * len(number)
        width = min(max(1, fault.width), max(1, len(shown) - caret))
        marks = "^" * max(1, _columns(shown[caret : caret + width]))
        lines.append(f"  {number} | {_shown(shown.replace(chr(9), ' '))}".rstrip())
        lines.append(f"  {margin} | {' ' * _columns(shown[:caret])}{marks}")
    if fault.hint:
        lines.append(f"  {_shown(fault.hint)}")
    if fault.docs:
        lines.append(f"  more: {fault.docs}")
    return "\n".join(lines)


def as_json(fault: Fault) -> str:
    """One JSON object on one line."""
    return json.dumps({"schema": "watchbook/fault/1", **_fields(fault)}, ensure_ascii=False)


def github(fault: Fault) -> str:
    """A workflow command that GitHub shows at the line of a pull request."""
    place = (
        f"file={_property(fault.path)},line={fault.line},col={fault.column},"
        f"endColumn={fault.column + fault.width},title={_property(fault.code)}"
    )
    message = fault.message + (f" ({fault.hint})" if fault.hint else "")
    return f"::{fault.level} {place}::{_data(message)}"


def sarif(faults: Iterable[Fault], explanations: Mapping[str, str]) -> str:
    """A SARIF 2.1.0 log of one run; `explanations` says what a code means, where that is known."""
    found = list(faults)
    codes = list(dict.fromkeys(fault.code for fault in found))
    rules = [{"id": code, "shortDescription": {"text": explanations.get(code, code)}} for code in codes]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "watchbook", "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(fault, codes) for fault in found],
            }
        ],
    }
    return json.dumps(log, ensure_ascii=False, indent=2)


def _result(fault: Fault, codes: list[str]) -> dict[str, object]:
    region = {
        "startLine": fault.line,
        "startColumn": fault.column,
        "endColumn": fault.column + fault.width,
    }
    return {
        "ruleId": fault.code,
        "ruleIndex": codes.index(fault.code),
        "level": fault.level,
        "message": {"text": fault.message + (f" ({fault.hint})" if fault.hint else "")},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": quote(fault.path)}, "region": region}}],
    }


def _fields(fault: Fault) -> dict[str, str | int]:
    return {
        "path": fault.path,
        "line": fault.line,
        "column": fault.column,
        "width": fault.width,
        "level": fault.level,
        "code": fault.code,
        "message": fault.message,
        "hint": fault.hint,
        "snippet": fault.snippet,
        "docs": fault.docs,
    }


def _shown(text: str) -> str:
    """Text that cannot move a terminal's cursor."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _columns(text: str) -> int:
    """How many terminal columns a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
