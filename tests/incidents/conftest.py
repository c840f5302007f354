"""Ledgers of both kinds, and drafts to put into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from incidents.event import Actor, Draft, Json, Subject
from incidents.ledger.memory import MemoryLedger
from incidents.ledger.protocol import Ledger
from incidents.ledger.sqlite import open_sqlite

Note = Callable[..., Draft]


@pytest.fixture
def note() -> Note:
    """Makes drafts: note("text", key=value)."""

    def make(text: str = "a note", **data: Json) -> Draft:
        return Draft("NoteAdded", {"text": text} | data, Actor("ada", "terminal"), Subject(host="web-1"))

    return make


@pytest.fixture(params=["memory", "sqlite"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """A ledger of either kind: both keep the same promises."""
    made: Ledger = MemoryLedger() if request.param == "memory" else open_sqlite(tmp_path / "ledger.db", ballast_bytes=0)
    yield made
    made.close()
