"""JSON with templates for texts: how it is read from YAML, rendered, and looked for inside an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from engine.primitives.template import Template, parse_template
from engine.primitives.values import Value
from engine.words.ending import printable

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
Tree = None | bool | int | float | Template | list["Tree"] | dict[str, "Tree"]


def _tree(value: Any) -> Tree:
    if isinstance(value, str):
        return parse_template(value)
    if isinstance(value, list):
        return [_tree(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _tree(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise ValueError("JSON holds text, numbers, true, false, null, lists and mappings; put a date in quotes")


JsonTree = Annotated[Any, PlainValidator(_tree), WithJsonSchema({})]
"""Any JSON; its texts are templates. A text that is one `{{ name }}` and nothing else keeps the value's type."""

JsonObject = Annotated[dict[str, JsonTree], Field(min_length=1)]


def rendered(tree: Tree, scope: Mapping[str, Value]) -> Plain:
    """The tree with every name looked up. Encoding happens later, once, by the JSON writer."""
    match tree:
        case Template():
            name = tree.text.removeprefix("{{").removesuffix("}}").strip()
            alone = tree.names == (name,) and tree.text.startswith("{{")
            return scope[name] if alone and name in scope else tree.render(scope)
        case list():
            return [rendered(item, scope) for item in tree]
        case dict():
            return {key: rendered(item, scope) for key, item in tree.items()}
        case _:
            return tree


def missing(wanted: Plain, found: Plain, path: str = "") -> str:
    """What of `wanted` is not in `found`, in words; empty when all of it is. Mappings may hold more than wanted."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            inner = f"{path}.{key}" if path else key
            said = missing(value, found[key], inner) if key in found else f"{inner} is missing"
            if said:
                return said
        return ""
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = (
            missing(one, other, f"{path}[{at}]") for at, (one, other) in enumerate(zip(wanted, found, strict=True))
        )
        return next((said for said in pairs if said), "")
    if wanted == found and isinstance(wanted, bool) == isinstance(found, bool):
        return ""
    return f"{path or 'the body'} is {_shown(found)}, expected {_shown(wanted)}"


def _shown(value: Plain) -> str:
    if isinstance(value, (dict, list)):
        return f"a {'mapping' if isinstance(value, dict) else 'list'} of {len(value)}"
    return printable(repr(value), 80)
