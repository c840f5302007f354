"""From plain data to a book, and the models' complaints about it; knows nothing of files."""

from __future__ import annotations

import copy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from engine.language.book import Book
from incidents.event import Json

MOST_ERRORS = 200
FREE = "x-"


def to_book(document: dict[str, Json]) -> tuple[Book | None, list[ErrorDetails]]:
    """The book of a document, or the errors that stand in its way. Keys that begin with x- are the author's own.

    Only the models know where a key is a key of the language (a header may be called x-request-id), so they are asked
    first, and what they refuse is taken out if it is free.
    """
    data: Any = document
    while True:
        try:
            return Book.model_validate(data, strict=True), []
        except ValidationError as error:
            errors = error.errors(include_url=False)
        free = [found["loc"] for found in errors if _is_free(found)]
        data = copy.deepcopy(data)
        removed = [_remove(data, loc) for loc in free]
        if not any(removed):
            return None, errors[:MOST_ERRORS]


def _is_free(error: ErrorDetails) -> bool:
    return error["type"] == "extra_forbidden" and str(error["loc"][-1]).startswith(FREE)


def _remove(data: Any, loc: tuple[int | str, ...]) -> bool:
    """Takes out what stands at a loc, and says whether it was there. Parts that YAML does not have are passed over."""
    for part in loc[:-1]:
        if (part in data) if isinstance(data, dict) else (isinstance(data, list) and isinstance(part, int)):
            data = data[part]
    return isinstance(data, dict) and data.pop(loc[-1], data) is not data
