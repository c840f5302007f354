"""The OpenAPI document, derived from the routes and their body models; must not describe what is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, Response
from pydantic import BaseModel

from app.http.rpc import PREFIX, reply

if TYPE_CHECKING:
    from app.http.api import Api
    from app.limits.limiter import Limits

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "timestamp", "requestId"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "timestamp": {"type": "string", "format": "date-time"},
                "requestId": {"type": "string"},
                "field": {"type": "string"},
                "details": {},
            },
        },
        "retryAfter": {"type": "integer"},
    },
}


def register(api: Api, app: Flask, limits: Limits) -> None:
    """Serve the document at `/api/openapi.json`, built when it is first asked for."""

    @cache
    def document() -> dict[str, object]:
        return describe(app)

    @api.get("/api/openapi.json")
    @limits.none
    def openapi() -> Response:
        return reply(document())


def describe(app: Flask) -> dict[str, object]:
    """An OpenAPI 3.1 document of every route; a tRPC alias takes its input bare or under `json`."""
    paths: dict[str, dict[str, object]] = {}
    schemas: dict[str, object] = {"Error": _ERROR}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            operation = _operation(method, path, (view.__doc__ or view.__name__.replace("_", " ")), rule.arguments)
            model = getattr(view, "body_model", None)
            if model is not None:
                operation["requestBody"] = _body(model, schemas, wrapped=rule.rule.startswith(PREFIX))
            paths.setdefault(path, {})[method.lower()] = operation
    info = {"title": "Language Learning Backend", "version": "1.0.0"}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _operation(method: str, path: str, said: str, arguments: Iterable[str]) -> dict[str, object]:
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return {
        "operationId": f"{method.lower()}:{path}",
        "summary": said.strip().splitlines()[0],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in sorted(arguments)
        ],
        "responses": {
            "2XX": {"description": "Done"},
            "default": {"description": "Refused", "content": refused},
        },
    }


def _body(model: type[BaseModel], schemas: dict[str, object], *, wrapped: bool) -> dict[str, object]:
    schema: dict[str, object] = model.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = schema.pop("$defs", {})
    schemas.update(parts if isinstance(parts, dict) else {})
    schemas[model.__name__] = schema
    content: dict[str, object] = {"$ref": f"#/components/schemas/{model.__name__}"}
    if wrapped:
        either = {
            "type": "object",
            "required": ["json"],
            "properties": {"json": content},
            "additionalProperties": False,
        }
        content = {"anyOf": [content, either]}
    return {"required": True, "content": {"application/json": {"schema": content}}}
