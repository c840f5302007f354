"""The tRPC way: `{"json": …}` in, `{"result": {"data": {"json": …}}}` out; must not know procedures."""

from __future__ import annotations

import json

from flask import Response, request

PREFIX = "/api/trpc/"


def called() -> bool:
    """Whether this request came by the tRPC alias of a route."""
    return request.path.startswith(PREFIX)


def unwrap(value: object) -> object:
    """The input of a call; a bare body is taken as it is."""
    return value["json"] if called() and isinstance(value, dict) and value.keys() == {"json"} else value


def reply(data: object, status: int = 200) -> Response:
    """A JSON response in the manner the request was made."""
    wrapped = {"result": {"data": {"json": data}}} if called() else data
    return Response(json.dumps(wrapped, separators=(",", ":")), status, mimetype="application/json")
