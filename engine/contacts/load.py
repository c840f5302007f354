"""Reads contacts.yaml strictly, with every fault at its place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from engine.contacts.contact import Contacts
from engine.language.complaint import complaint
from engine.language.shape import keys_at
from engine.primitives.faults import BookFaults, Fault
from engine.primitives.project import PROJECT
from engine.primitives.yaml_source import LARGEST, Source, read

OURS = PROJECT / "contacts.yaml"


def load(path: Path = OURS) -> Contacts:
    """The contacts of a file. Raises BookFaults."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as wrong:
        raise BookFaults([Fault(str(path), 1, 1, "unreadable", f"it cannot be read: {wrong.strerror}")]) from None
    source, faults = read(data, str(path))
    if faults:
        raise BookFaults(faults)
    try:
        return Contacts.model_validate(source.root.plain())
    except ValidationError as wrong:
        raise BookFaults(_placed(wrong, source)) from None


def _placed(wrong: ValidationError, source: Source) -> Iterator[Fault]:
    for error in wrong.errors(include_url=False):
        where = error["loc"][:-1] if error["type"] in ("missing", "extra_forbidden") else error["loc"]
        said = complaint(error, keys_at(Contacts, where))
        _, span = source.nearest(error["loc"])
        yield source.fault(said.code, said.message, span, said.hint)
