"""Guides to import, and what came of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.importing.importing import Import, import_guide

TODAY = date(2026, 11, 23)
GUIDE = Path(__file__).parents[3] / "docs" / "operations-guide.md"


@pytest.fixture(scope="session")
def operations_guide() -> Import:
    """The drafts of the guide that Watchbook was made for."""
    return import_guide(GUIDE.read_bytes(), "guide.md", TODAY)


@pytest.fixture
def steps_of() -> Callable[[str], list[dict[str, Any]]]:
    """The steps of a guide that makes one runbook."""

    def steps(text: str) -> list[dict[str, Any]]:
        [book] = import_guide(text.encode(), "g.md", TODAY).books
        made: Any = book.draft.document["steps"]
        return list(made)

    return steps
