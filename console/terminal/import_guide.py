"""Reads a guide and writes its drafts, all of them or none; what a draft is, is the engine's to know."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from console.terminal.exits import Exits
from console.terminal.import_pages import drafted_json, import_page
from console.terminal.problem import Problem
from console.terminal.stdout import say_json
from engine.importing.importing import LARGEST, Import, TooLarge, import_guide


def import_into(file: str, out: str, *, as_json: bool) -> None:
    """Writes the drafts of a guide into a folder and says what was made. Raises Problem; then nothing was written."""
    made = _read(file)
    folder = Path(out)
    _write(made, folder)
    if as_json:
        for book in made.books:
            say_json(drafted_json(book, folder))
        say_json({"schema": "watchbook/import/1", "guide": file, "left_out": made.left_out})
    else:
        print(import_page(made, folder))
    found = sum(len(book.findings) for book in made.books)
    print(f"Drafts: {len(made.books)}. Findings: {found}. Sections left out: {len(made.left_out)}.", file=sys.stderr)
    print(f"  next    ./inv book.lint {folder}", file=sys.stderr)


def _read(file: str) -> Import:
    try:
        with Path(file).open("rb") as guide:
            made = import_guide(guide.read(LARGEST + 1), file, datetime.now(UTC).date())
    except OSError as wrong:
        raise Problem(
            f"{file} cannot be read: {wrong.strerror}.", then="./inv book.import GUIDE.md --out drafts"
        ) from None
    except TooLarge:
        raise Problem(f"{file} is too large: {LARGEST} bytes are read.", then="split it by its chapters") from None
    if not made.books:
        raise Problem(f"Nothing in {file} can be a runbook.", why=made.left_out, exits=Exits.FAILED)
    return made


def _write(made: Import, folder: Path) -> None:
    there = [str(folder / book.file) for book in made.books if (folder / book.file).exists()]
    if there:
        raise Problem("There are files already where drafts would go.", why=there, then="take another --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for book in made.books:
            with (folder / book.file).open("x", encoding="utf-8") as file:
                file.write(book.text)
    except OSError as wrong:
        raise Problem(f"{folder} cannot be written: {wrong.strerror}.", then="take another --out") from None
