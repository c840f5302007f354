"""What an import made of a guide, for people and for scripts; it reads no Markdown and writes no runbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from console.terminal.view.paint import harmless
from engine.importing.importing import Import, Imported

EVERY_DRAFT = ("no-owner", "no-review", "no-tests", "no-verify", "no-rollback", "no-timeout")
"""Rules that hardly any draft keeps: they are counted, the others told one by one."""


def import_page(made: Import, folder: Path) -> str:
    """Each draft with what was guessed and what lint says, and then what was left out."""
    parts = ["\n".join(map(harmless, _book(book, folder))) for book in made.books]
    if made.left_out:
        parts.append("\n".join(["left out", *(f"  {harmless(line)}" for line in made.left_out)]))
    return "\n\n".join(parts)


def drafted_json(book: Imported, folder: Path) -> dict[str, object]:
    """One draft for scripts; `line` is the runbook's, `source` the guide's."""
    return {
        "schema": "watchbook/draft/1",
        "book": book.draft.id,
        "path": str(folder / book.file),
        "steps": book.steps,
        "guessed": book.draft.guesses,
        "findings": [
            {"rule": fault.code, "source": source, "line": fault.line, "message": fault.message, "docs": fault.docs}
            for source, fault in book.findings
        ],
    }


def _book(book: Imported, folder: Path) -> Iterator[str]:
    yield f"{book.draft.id}  {folder / book.file}  ({book.steps} steps)"
    for guess in book.draft.guesses:
        yield f"  guessed  {guess}"
    for source, fault in book.findings:
        if fault.code not in EVERY_DRAFT:
            yield f"  found    {source}: {fault.code}: {fault.message}"
    counted = Counter(fault.code for _, fault in book.findings if fault.code in EVERY_DRAFT)
    if counted:
        yield "  lacking  " + ", ".join(f"{rule} {number}x" for rule, number in counted.items())
