"""From the bytes of a request to a validated model, or to a 400 that says which field; must not know any model."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from flask import Response, g, request
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from app.http import rpc, strict_json
from app.http.envelope import ApiError, refusal
from app.http.sanitise import sanitise


class Body(BaseModel):
    """Base of every request body: unknown keys are refused, nothing is coerced silently."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Model = TypeVar("Model", bound=BaseModel)
View = TypeVar("View", bound=Callable[..., Response])


def accepts(model: type[Model]) -> Callable[[Callable[[Model], Response]], Callable[[], Response]]:
    """A view decorator: reads the JSON body, tidies it, validates it as `model`, and passes it on."""

    def decorate(view: Callable[[Model], Response]) -> Callable[[], Response]:
        @wraps(view)
        def read() -> Response:
            return view(validate(model, sanitise(payload())))

        return documented(model)(read)

    return decorate


def documented(model: type[BaseModel]) -> Callable[[View], View]:
    """A view decorator: names the body for the OpenAPI document."""

    def decorate(view: View) -> View:
        view.body_model = model  # type: ignore[attr-defined]
        return view

    return decorate


def payload() -> object:
    """The JSON value of this request, tRPC wrapping removed; read once, kept in `g`."""
    if "payload" not in g:
        if request.mimetype != "application/json":
            raise refusal(415)
        try:
            g.payload = rpc.unwrap(strict_json.parse(request.get_data(cache=False)))
        except strict_json.NotStrict as error:
            raise refusal(400, f"The request body {error}") from error
    return g.payload


def peek(key: str) -> str | None:
    """A text of the body before it is validated; None when there is none."""
    try:
        value = payload()
    except ApiError:
        return None
    found = sanitise(value.get(key)) if isinstance(value, dict) else None
    return found if isinstance(found, str) and found else None


def validate(model: type[Model], value: object) -> Model:
    """`value` as `model`, else the 400 that names each fault. What the client sent is never repeated."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise _invalid(error.errors(include_url=False, include_input=False, include_context=False)) from None


def _invalid(faults: list[ErrorDetails]) -> ApiError:
    details = [{"path": ".".join(map(str, fault["loc"])) or "body", "code": fault["type"]} for fault in faults[:20]]
    first = faults[0]
    said = first["msg"].removeprefix("Value error, ")
    return refusal(400, f"{details[0]['path']}: {said}", field=details[0]["path"], details=details)
