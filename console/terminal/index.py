"""The runbooks as `inv --list` needs them: a small file keyed by path, size and mtime; it keeps nothing that matters.

Reading a runbook needs pydantic, which takes longer than everything else that a list does. So what the list and the
flags need is kept, and only runbooks that changed are read again.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from console.settings import ROOT, Settings
from engine.language.files import runbook_files
from engine.primitives.values import as_text

if TYPE_CHECKING:
    from engine.language.declared import Param

_READERS = ("engine/language", "engine/words", "engine/primitives", "console/terminal")


@dataclass(frozen=True, slots=True)
class Flag:
    """A param as a flag of its runbook's task."""

    name: str
    help: str


@dataclass(frozen=True, slots=True)
class Shelved:
    """A runbook as the index knows it. `fault` is empty, or says why it cannot be used; then the rest is a guess."""

    path: str
    id: str
    title: str = ""
    summary: str = ""
    kind: str = "incident"
    severity: str = ""
    owner: str = ""
    hosts: str = ""
    flags: tuple[Flag, ...] = ()
    fault: str = ""

    @property
    def family(self) -> str:
        """The folder it lies in."""
        return Path(self.path).parent.name


def shelf(settings: Settings) -> list[Shelved]:
    """Every runbook there is, by path; those that cannot be used have a fault."""
    kept = _kept(settings)
    code = _code_stamp()
    known: dict[str, tuple[list[int], Shelved]] = kept[1] if kept[0] == code else {}
    found: dict[str, tuple[list[int], Shelved]] = {}
    changed = False
    for path, stamp in _files(settings.runbooks):
        entry = known.get(path)
        if entry is None or entry[0] != stamp:
            entry, changed = (stamp, _read(Path(path))), True
        found[path] = entry
    if changed or known.keys() != found.keys():
        _keep(settings, code, found)
    return _one_each([book for _, book in found.values()])


def _files(folders: Sequence[Path]) -> Iterator[tuple[str, list[int]]]:
    for path in runbook_files(folders):
        try:
            status = path.stat()
        except OSError:
            yield str(path), [0, 0]  # a dangling link is shown, with its fault
        else:
            yield str(path), [status.st_size, status.st_mtime_ns]


def _code_stamp() -> list[int]:
    """Changes whenever what reads a runbook changes: a book that could not be read yesterday may be today."""
    stats = [entry.stat() for room in _READERS for entry in os.scandir(ROOT / room) if entry.name.endswith(".py")]
    return [len(stats), max(status.st_mtime_ns for status in stats)]


def _read(path: Path) -> Shelved:
    from engine.language.load import load
    from engine.primitives.faults import BookFaults

    try:
        loaded = load(path)
    except BookFaults as error:
        more = f" (and {len(error.faults) - 1} more)" if len(error.faults) > 1 else ""
        return Shelved(str(path), path.stem, fault=f"line {error.faults[0].line}: {error.faults[0].message}{more}")
    book = loaded.book
    flags = tuple(Flag(name, _help(param)) for name, param in book.params.items())
    hosts = book.hosts.text if book.hosts is not None else ""
    return Shelved(str(path), book.id, book.title, book.summary, book.kind, book.severity, book.owner, hosts, flags)


def _help(param: Param) -> str:
    what = "|".join(param.choices) if param.choices else param.type
    unsaid = "needed" if param.default is None else f"default {as_text(param.default)}"
    return f"{param.help or 'A param of this runbook'} ({what}, {unsaid})"


def _one_each(books: list[Shelved]) -> list[Shelved]:
    """One book an id. Which of two with the same id is meant, nobody should have to guess at night."""
    found: dict[str, Shelved] = {}
    for book in sorted(books, key=lambda book: bool(book.fault)):
        first = found.get(book.id)
        if first is None:
            found[book.id] = book
        elif not book.fault:
            found[book.id] = replace(first, fault=f"this id is also that of {book.path}")
    return sorted(found.values(), key=lambda book: book.path)


def _kept(settings: Settings) -> tuple[list[int], dict[str, tuple[list[int], Shelved]]]:
    """What the file says; a missing, foreign or broken one says nothing."""
    try:
        kept = json.loads((settings.home / "index.json").read_bytes())
        books = {path: (stamp, _shelved(book)) for path, (stamp, book) in kept["books"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return [], {}
    return kept["code"], books


def _shelved(book: dict[str, object]) -> Shelved:
    flags = book.pop("flags")
    assert isinstance(flags, list)
    return Shelved(**book, flags=tuple(Flag(**flag) for flag in flags))  # type: ignore[arg-type]


def _keep(settings: Settings, code: list[int], found: dict[str, tuple[list[int], Shelved]]) -> None:
    """Beside its place first, then renamed: two lists at once never leave half a file. No room for it is no fault."""
    text = json.dumps({"code": code, "books": {path: [stamp, asdict(book)] for path, (stamp, book) in found.items()}})
    beside = settings.home / f"index.json.{os.getpid()}"
    try:
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(settings.home / "index.json")
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink()
