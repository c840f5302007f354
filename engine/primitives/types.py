"""The scalar types of the language as pydantic sees them: text in YAML, a checked value in the model."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, InstanceOf, PlainSerializer, WithJsonSchema

from engine.primitives import expression_parser, pattern, template, units
from engine.primitives.expression import Expression
from engine.primitives.names import NAME, RESERVED, SLUG, SLUG_MAX, check_book_id, check_name, check_slug


def _text(value: Any, noun: str, example: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"{noun} is text, like {example}")


def _duration(value: Any) -> float:
    return units.parse_duration(_text(value, "a duration", "60s"))


def _days(value: Any) -> int:
    return units.parse_days(_text(value, "a number of days", "90d"))


def _size(value: Any) -> int:
    return units.parse_size(_text(value, "a size", "5MB"))


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("a day is written as 2026-11-20") from None


def _condition(value: Any) -> Expression:
    if isinstance(value, bool):
        return expression_parser.parse("true" if value else "false")
    if not isinstance(value, str):
        raise ValueError("a condition is text, like: not healthy and port == 8080")
    return expression_parser.parse(value)


def _pattern(value: Any) -> pattern.Pattern:
    if not isinstance(value, str):
        raise ValueError("a pattern is text, like [a-z0-9-]+")
    return pattern.compiled(value)


def _template(value: Any) -> template.Template:
    if isinstance(value, (dict, list)) or value is None:
        raise ValueError("text is expected here")
    if isinstance(value, bool):
        return template.parse_template("true" if value else "false")
    return template.parse_template(str(value))


def _string(pattern: str, *examples: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$", "examples": list(examples)}


Duration = Annotated[float, BeforeValidator(_duration), WithJsonSchema(_string(units.DURATION, "60s", "5m", "1h30m"))]
"""Seconds; written with its unit: 60s, 5m, 1h30m, 500ms."""
Days = Annotated[int, BeforeValidator(_days), WithJsonSchema(_string(units.DAYS, "90d", "12w"))]
"""Days; written 90d or 12w."""
Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day; written 2026-11-20."""
Size = Annotated[int, BeforeValidator(_size), WithJsonSchema(_string(units.SIZE, "5MB", "256KiB"))]
"""Bytes; written with its unit: 5MB, 256KiB."""
Name = Annotated[
    str, AfterValidator(check_name), WithJsonSchema({**_string(NAME, "unit", "port"), "not": {"enum": list(RESERVED)}})
]
"""A param, secret, check, input or output: it becomes a shell variable and a flag."""
StepId = Annotated[
    str, AfterValidator(check_slug), WithJsonSchema({**_string(SLUG, "restart", "read-log"), "maxLength": SLUG_MAX})
]
"""A step: lower-case words joined by hyphens."""
BookId = Annotated[
    str, AfterValidator(check_book_id), WithJsonSchema({**_string(SLUG, "server-down"), "maxLength": SLUG_MAX})
]
"""A runbook: its file is found, and its task is called, by it."""
Condition = Annotated[
    InstanceOf[Expression],
    BeforeValidator(_condition),
    WithJsonSchema(
        {
            "type": ["string", "boolean"],
            "maxLength": expression_parser.LONGEST,
            "examples": ["not healthy", "port == 8080"],
        }
    ),
]
"""A parsed condition (engine.primitives.expression.Expression)."""
Template = Annotated[
    InstanceOf[template.Template],
    BeforeValidator(_template),
    WithJsonSchema(
        {
            "type": ["string", "number", "boolean"],
            "maxLength": template.LONGEST,
            "examples": ["http://127.0.0.1:{{ port }}/api/"],
        }
    ),
]
"""A parsed template (engine.primitives.template.Template); `{{ name }}` is looked up when it is used."""
Pattern = Annotated[
    InstanceOf[pattern.Pattern],
    BeforeValidator(_pattern),
    WithJsonSchema({"type": "string", "maxLength": pattern.LONGEST, "examples": ["[a-z0-9@.-]+"]}),
    PlainSerializer(lambda found: found.text, return_type=str),
]
"""A compiled pattern (engine.primitives.pattern.Pattern), matched in linear time."""
