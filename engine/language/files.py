"""Which runbook files there are, and whose id they claim; reads no YAML, so that lists stay quick."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

SUFFIXES = (".yaml", ".yml")
_ID = re.compile(rb"""^id:[ \t]*["']?([a-z0-9][a-zA-Z0-9_-]*)""", re.MULTILINE)
_HEAD = 65536


def runbook_files(folders: Sequence[Path]) -> Iterator[Path]:
    """Every YAML file below the folders, by folder and then by name. Linked folders are not followed."""
    for folder in folders:
        yield from sorted(_below(str(folder)))


def claimed_id(path: Path) -> str:
    """The id a file's text claims, without reading it as YAML; the file's name when it claims none."""
    try:
        with path.open("rb") as file:
            match = _ID.search(file.read(_HEAD))
    except OSError:
        match = None
    return match[1].decode() if match else path.stem


def _below(folder: str) -> Iterator[Path]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path)
        elif entry.name.endswith(SUFFIXES):
            yield Path(entry.path)
