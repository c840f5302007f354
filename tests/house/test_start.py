"""`inv --list` starts at once: what is heavy is imported inside tasks, never on the way to a list."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.conftest import MakeTree
from tests.house.tree import ROOT

HEAVY = {"alembic", "apprise", "fabric", "flask", "jinja2", "paramiko", "pydantic", "pytest", "sqlalchemy"}


def imported_by_the_list(root: Path) -> set[str]:
    """The packages a list imports the second time, when the index of the runbooks is there."""
    for _ in range(2):
        listing = subprocess.run(
            [sys.executable, "-X", "importtime", root / "tasks.py", "--list"],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    rows = (line.split("|") for line in listing.stderr.splitlines() if line.startswith("import time:"))
    return {row[2].strip().partition(".")[0] for row in rows}


@pytest.fixture(autouse=True)
def _own_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBOOK_HOME", str(tmp_path / "home"))


def test_a_list_imports_nothing_heavy() -> None:
    imported = imported_by_the_list(ROOT)
    assert "invoke" in imported
    assert imported & HEAVY == set()


def test_something_heavy_is_seen(tree: MakeTree) -> None:
    assert "pydantic" in imported_by_the_list(tree({"tasks.py": "import pydantic"}))
