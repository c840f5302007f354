"""The index of the runbooks: right, quick to make again, and never what fails."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from console.settings import Settings
from console.terminal import index
from console.terminal.index import Shelved, shelf
from tests.console.terminal.conftest import ASKS, SLOW


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    folder = tmp_path / "books" / "night"
    folder.mkdir(parents=True)
    (folder / "asks.yaml").write_text(ASKS)
    (folder / "slow.yaml").write_text(SLOW)
    return Settings(tmp_path / "home", (tmp_path / "books",), ())


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were really read."""
    seen: list[str] = []
    real = index._read

    def read(path: Path) -> Shelved:
        seen.append(path.stem)
        return real(path)

    monkeypatch.setattr(index, "_read", read)
    return seen


def by_id(where: Settings) -> dict[str, Shelved]:
    return {book.id: book for book in shelf(where)}


def test_it_says_what_a_list_and_the_flags_need(where: Settings) -> None:
    book = by_id(where)["asks"]
    assert (book.title, book.kind, book.family, book.fault) == ("Asks a person", "check", "night", "")
    assert [flag.name for flag in book.flags] == ["word"]
    assert "string, default hello" in book.flags[0].help


def test_only_what_changed_is_read_again(where: Settings, reads: list[str]) -> None:
    first = by_id(where)
    assert sorted(reads) == ["asks", "slow"]
    reads.clear()
    assert by_id(where) == first
    assert reads == []
    path = where.runbooks[0] / "night" / "slow.yaml"
    path.write_text(SLOW.replace("Takes long", "Takes longer"))
    assert by_id(where)["slow"].title == "Takes longer"
    assert reads == ["slow"]


def test_a_change_of_equal_length_is_seen(where: Settings) -> None:
    by_id(where)
    path = where.runbooks[0] / "night" / "slow.yaml"
    before = path.stat().st_mtime_ns
    path.write_text(SLOW.replace("Takes long", "Takes LONG"))
    os.utime(path, ns=(before + 1, before + 1))
    assert by_id(where)["slow"].title == "Takes LONG"


def test_a_runbook_that_is_gone_is_gone(where: Settings) -> None:
    by_id(where)
    (where.runbooks[0] / "night" / "slow.yaml").unlink()
    assert list(by_id(where)) == ["asks"]


def test_newer_code_reads_everything_again(where: Settings, reads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    by_id(where)
    reads.clear()
    monkeypatch.setattr(index, "_code_stamp", lambda: [0, 0])
    by_id(where)
    assert sorted(reads) == ["asks", "slow"]


def test_a_faulty_runbook_is_listed_with_its_fault(where: Settings) -> None:
    (where.runbooks[0] / "broken.yaml").write_text("version: 1\nid: broken\nnonsense: true\n")
    books = by_id(where)
    assert "line " in books["broken"].fault
    assert books["asks"].fault == ""


def test_two_runbooks_with_one_id_can_neither_be_used(where: Settings) -> None:
    (where.runbooks[0] / "again.yaml").write_text(ASKS)
    assert "this id is also that of" in by_id(where)["asks"].fault


def test_a_dangling_link_is_listed_with_its_fault(where: Settings) -> None:
    (where.runbooks[0] / "gone.yaml").symlink_to("/nowhere/at/all.yaml")
    assert "cannot be read" in by_id(where)["gone"].fault


@pytest.mark.parametrize("text", ["", "[]", "{", '{"code": 1, "books": {"x": 3}}', '{"books": []}', "\x00\xff"])
def test_a_broken_index_is_made_anew(where: Settings, text: str) -> None:
    first = by_id(where)
    (where.home / "index.json").write_text(text)
    assert by_id(where) == first
    assert json.loads((where.home / "index.json").read_text())["books"]


def test_a_home_that_cannot_be_made_is_no_fault(where: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    elsewhere = Settings(tmp_path / "file" / "home", where.runbooks, ())
    assert by_id(elsewhere) == by_id(where)


def test_a_folder_that_is_not_there_is_no_fault(where: Settings, tmp_path: Path) -> None:
    assert shelf(Settings(where.home, (tmp_path / "none",), ())) == []
