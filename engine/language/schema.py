"""The language as JSON Schema, for editors: completion, and the models' docstrings as hover text."""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel

from engine.language.action import Action
from engine.language.book import Book
from engine.language.complaint import LATER
from engine.language.shape import models_in
from engine.language.validate import FREE

ADDRESS = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """`runbook.schema.json`: the same text for the same models."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def schema() -> dict[str, Any]:
    """The schema of a runbook file."""
    made: dict[str, Any] = Book.model_json_schema()
    definitions = made.get("$defs", {})
    models = models_in(Book)
    for name, definition in [("Book", made), *definitions.items()]:
        if name in models:
            for part in (definition, *definition.get("anyOf", ())):
                _describe(part, models[name])
    for node in _mappings(made):
        _strict(node)
    _one_word(definitions["Step"])
    return {"$schema": ADDRESS, **made, "title": "Watchbook runbook, version 1"}


def _describe(definition: dict[str, Any], model: type[BaseModel]) -> None:
    """Attribute docstrings become hover text. They are read here, since reading them costs every start otherwise."""
    texts = _docstrings(model)
    for name, field in model.model_fields.items():
        shown = definition.get("properties", {}).get(field.alias or name)
        if isinstance(shown, dict):
            shown.pop("title", None)
            if name in texts:
                shown["description"] = texts[name]


@cache
def _docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The texts below a model's attributes and its parents'."""
    texts: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        if not (issubclass(parent, BaseModel) and parent.__module__.startswith("engine.")):
            continue
        tree = ast.parse(inspect.getsource(parent)).body[0]
        assert isinstance(tree, ast.ClassDef)
        for pair in zip(tree.body, tree.body[1:], strict=False):
            match pair:
                case (ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text)))):
                    texts[name] = inspect.cleandoc(text)
    return texts


def _mappings(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for inner in node.values():
            yield from _mappings(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _mappings(inner)


def _strict(node: dict[str, Any]) -> None:
    """What the models leave to the loader: x- keys are free, names that do not fit and empty values are errors."""
    if "oneOf" in node:
        node["anyOf"] = node.pop("oneOf")  # how unions are told apart is the models' own business
    if "anyOf" in node:
        node["anyOf"] = [option for option in node["anyOf"] if option != {"type": "null"}]
    if "default" in node and node["default"] is None:
        del node["default"]
    for key, shown in _properties(node):
        if not {"type", "anyOf", "oneOf", "enum", "const", "$ref"} & shown.keys():
            node["properties"][key] = {**shown, "not": {"type": "null"}}
    if node.get("type") == "object" and "properties" in node and node.get("additionalProperties") is False:
        node["patternProperties"] = {f"^{FREE}": {}}
    elif "propertyNames" in node and "patternProperties" in node:
        node["additionalProperties"] = False


def _properties(node: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    properties = node.get("properties")
    return list(properties.items()) if isinstance(properties, dict) and node.get("type") == "object" else []


def _one_word(step: dict[str, Any]) -> None:
    """A step without exactly one action is underlined as a whole, and words of later versions are named."""
    step["oneOf"] = [{"required": [word]} for word in Action.words]
    step["$comment"] = f"not executed yet: {', '.join(LATER)}"
