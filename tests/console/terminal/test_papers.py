"""What the front door's papers say is so: generated pages are fresh, commands exist, links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from console.settings import ROOT
from console.terminal.reference import pages
from console.terminal.tasks import namespace
from tests.console.terminal.conftest import Door

PAPERS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"\./inv ([a-z][a-z0-9.-]*)")
BARE = re.compile(r"`((?:run|incident|serve|dev)\.[a-z]+)`")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
OF_THE_TUTORIAL = {"too-slow"}


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WATCHBOOK_RUNBOOKS", raising=False)


def test_generated_pages_are_fresh() -> None:
    stale = [path.name for path, text in pages(namespace()).items() if path.read_text(encoding="utf-8") != text]
    assert stale == [], "write them again: ./inv dev.docs"


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_commands_in_papers_exist(paper: Path) -> None:
    known = set(namespace().task_names) | OF_THE_TUTORIAL
    text = paper.read_text(encoding="utf-8")
    typed = {name.rstrip(".") for name in COMMAND.findall(text)} | set(BARE.findall(text))
    assert typed - known == set()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_links_lead_somewhere(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    assert [link for link in LINK.findall(text) if not (paper.parent / link).exists()] == []


def test_the_example_of_hosts_can_be_used(door: Door) -> None:
    copied = door.folder / "hosts.yaml"
    copied.write_text((ROOT / "hosts.yaml.example").read_text(encoding="utf-8"), encoding="utf-8")
    door.extra = {"WATCHBOOK_HOSTS": str(copied)}
    planned = door("server-down", "--dry-run")
    assert planned.returncode == 0
    assert "on local, web-1" in planned.stdout


def test_the_picture_is_of_the_demo_as_it_is() -> None:
    shown = (ROOT / "docs" / "pictures" / "demo.txt").read_text(encoding="utf-8")
    assert "\x1b[" in shown
    shown = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    for words in ("$ ./inv demo", "killed ", "▸ Restart the service", "succeeded after", "healed ", "stopped "):
        assert words in shown
    assert str(ROOT) not in shown
