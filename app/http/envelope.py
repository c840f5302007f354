"""The one body of every refusal, with the contract's codes and messages; must not know Flask."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from app.logs.lines import timestamp


@dataclass(slots=True)
class ApiError(Exception):
    """A refusal with its status, code and message; `details` and `beside` join the body when given."""

    status: int
    code: str
    message: str
    field: str | None = None
    details: list[dict[str, str]] | dict[str, str] | None = None
    beside: Mapping[str, int] = dataclasses.field(default_factory=dict)
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)


_KNOWN = {
    400: ("VALIDATION_ERROR", "The request is not well-formed"),
    401: ("UNAUTHORIZED", "Authentication required"),
    403: ("FORBIDDEN", "Access denied"),
    404: ("NOT_FOUND", "Resource not found"),
    405: ("METHOD_NOT_ALLOWED", "Method not allowed"),
    408: ("REQUEST_TIMEOUT", "The request took too long"),
    409: ("CONFLICT", "The request conflicts with the present state"),
    413: ("PAYLOAD_TOO_LARGE", "The request body is too large"),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Send application/json"),
    429: ("RATE_LIMIT_EXCEEDED", "Rate limit exceeded"),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error occurred"),
    502: ("EXTERNAL_API_ERROR", "The upstream service failed"),
    503: ("SERVICE_UNAVAILABLE", "The service is unavailable"),
}


def refusal(status: int, message: str | None = None, **more: object) -> ApiError:
    """The ApiError of a status, with the contract's code and message unless told otherwise."""
    code, usual = known(status)
    return ApiError(status, code, message or usual, **more)  # type: ignore[arg-type]


def known(status: int) -> tuple[str, str]:
    """(code, message) of a status."""
    phrase = HTTPStatus(status).phrase
    return _KNOWN.get(status, (phrase.upper().replace(" ", "_").replace("-", "_"), phrase))


def envelope(error: ApiError, request_id: str) -> bytes:
    """The body of every error response."""
    inner: dict[str, object] = {
        "code": error.code,
        "message": error.message,
        "timestamp": timestamp(),
        "requestId": request_id,
    }
    if error.field is not None:
        inner["field"] = error.field
    if error.details is not None:
        inner["details"] = error.details
    return json.dumps({"error": inner, **error.beside}).encode()
