"""Runbooks as people name and list them; it runs none."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from console.terminal.index import Shelved
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.view.paint import fit, harmless
from engine.language.files import claimed_id, runbook_files
from engine.primitives.faults import did_you_mean

COLUMNS = 79


def list_page(books: Sequence[Shelved]) -> str:
    """One line a runbook, by folder."""
    width = max((len(book.id) for book in books), default=0)
    return "\n".join(fit(_line(book, width), COLUMNS) for book in books) or "No runbooks yet: ./inv book.new ID"


def shelved_json(book: Shelved) -> dict[str, object]:
    """A runbook of the list for scripts; `fault` is empty when it can be used."""
    return {"schema": "watchbook/book/1", **asdict(book)}


def find(session: Session, typed: str) -> Path:
    """The file of a runbook that was named by id or by file. Raises Problem or BookFaults."""
    path = Path(typed)
    if path.is_file():
        return path
    claiming = [path for path in session.library.paths if claimed_id(path) == typed]
    if not claiming:
        close = did_you_mean(typed, session.library.ids)
        raise Problem(f"There is no runbook {typed!r}, and no such file.", then=close or "./inv book.list")
    if len(claiming) > 1:
        raise Problem(
            f"Several runbooks have the id {typed!r}.", why=[str(path) for path in claiming], then="name a file"
        )
    return _short(claiming[0])


def chosen(session: Session, typed: Sequence[str]) -> Iterator[Path]:
    """The files behind ids, files and folders; all there are when nothing was typed. Raises Problem."""
    if not typed:
        yield from map(_short, session.library.paths)
    for one in typed:
        if Path(one).is_dir():
            yield from runbook_files([Path(one)])
        else:
            yield find(session, one)


def _short(path: Path) -> Path:
    """As seen from here, when that is below."""
    here = Path.cwd()
    return Path(os.path.relpath(path, here)) if path.is_relative_to(here) else path


def _line(book: Shelved, width: int) -> str:
    what = book.severity if book.kind == "incident" else book.kind
    text = f"cannot be used: {book.fault}" if book.fault else f"{what:11} {book.title}"
    return harmless(f"{book.id:{width}}  {text}")
