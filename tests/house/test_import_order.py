"""Imports go down the house: the contracts of pyproject.toml hold here, and each breaks on a house built wrong."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.conftest import MakeTree
from tests.house.tree import ROOMS, ROOT

LINT = Path(sys.executable).with_name("lint-imports")


def inner_rooms() -> Iterator[str]:
    """Every room inside a room that the contracts name, such as `engine/plan`."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for contract in settings["tool"]["importlinter"]["contracts"]:
        for container in contract.get("containers", ()):
            yield from (f"{container}/{inner}" for inner in re.findall(r"\w+", " ".join(contract["layers"])))


def empty_house() -> dict[str, str]:
    """Every room that the contracts name, with nothing in it."""
    rooms = {f"{room}/__init__.py": "" for room in [*ROOMS, *inner_rooms()]}
    return rooms | {"engine/conduct/moves.py": "", "engine/perform/performer.py": "import engine.conduct.moves"}


def broken_contracts(root: Path) -> list[str]:
    """The names of the contracts that the packages under `root` break."""
    done = subprocess.run(
        [LINT, "--no-cache", "--no-logo"], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    lines = done.stdout.splitlines()
    broken = [line.partition(" BROKEN")[0] for line in lines if " BROKEN" in line]
    assert any(line.startswith("Contracts: ") for line in lines), done.stdout + done.stderr
    assert bool(broken) == bool(done.returncode), done.stdout + done.stderr
    return broken


def test_imports_go_down_here() -> None:
    done = subprocess.run([LINT, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_map_shows_every_room() -> None:
    told = (ROOT / "docs" / "explanation" / "house.md").read_text(encoding="utf-8")
    names = {room.rpartition("/")[2] for room in inner_rooms()}
    assert sorted(name for name in names if f"{name}/" not in told and f"{name}.py" not in told) == ["settings"]


def test_an_empty_house_is_in_order(tree: MakeTree) -> None:
    root = tree(empty_house())
    shutil.copy(ROOT / "pyproject.toml", root)
    assert broken_contracts(root) == []


@pytest.mark.parametrize(
    ("name", "text", "contract"),
    [
        ("engine/drive/x.py", "import console.terminal", "the console over the engine over the incidents"),
        ("incidents/x.py", "import engine.plan", "the console over the engine over the incidents"),
        ("console/terminal/x.py", "import console.web", "the two faces of the console do not know each other"),
        ("console/web/x.py", "import console.terminal", "the two faces of the console do not know each other"),
        ("engine/words/x.py", "import engine.language", "inside the engine"),
        ("engine/perform/x.py", "import engine.conduct", "inside the engine"),
        ("engine/a_new_room/__init__.py", "", "inside the engine"),
        ("incidents/ledger/x.py", "import incidents.folds", "inside the incidents"),
        ("app/x.py", "import incidents.event", "the operated backend knows nothing of ours"),
        ("engine/reach/x.py", "import app", "nothing of ours knows the operated backend"),
        ("console/terminal/x.py", "import sqlalchemy", "the console knows no SSH and no SQL"),
        ("engine/drive/x.py", "import sqlite3", "the engine knows no Flask and no SQL"),
        ("engine/conduct/x.py", "import subprocess", "the conductor decides and never acts"),
        ("engine/conduct/x.py", "from time import monotonic", "the conductor decides and never acts"),
        ("incidents/folds/x.py", "import yaml", "the incidents know no hosts, no runbooks and no faces"),
    ],
)
def test_a_wrong_import_is_seen(tree: MakeTree, name: str, text: str, contract: str) -> None:
    root = tree(empty_house() | {name: text})
    shutil.copy(ROOT / "pyproject.toml", root)
    assert contract in broken_contracts(root)
