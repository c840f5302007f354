"""What can hold no SQLite ledger is refused by name, with the next command; what is made is private."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from incidents.event import Draft
from incidents.ledger import open_ledger
from incidents.ledger.protocol import Batch, Entry, LedgerError
from incidents.ledger.sqlite import open_sqlite

Note = Callable[..., Draft]


def refused(home: Path, match: str) -> LedgerError:
    with pytest.raises(LedgerError, match=match) as caught:
        open_ledger(home)
    assert str(home) in str(caught.value)
    assert caught.value.hint
    return caught.value


def test_everything_made_is_private(tmp_path: Path, note: Note) -> None:
    before = os.umask(0)
    try:
        home = tmp_path / "new" / "var"
        ledger = open_ledger(home)
        ledger.acquire("RUN-1", "me")
        ledger.commit(Batch([Entry("INC-1", [note()], opens="incident")]))
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in [home, *home.rglob("*")]}
    finally:
        os.umask(before)
    assert {name for name, mode in modes.items() if mode == 0o700} == {"var", "leases"}
    assert {name for name, mode in modes.items() if mode == 0o600} == {
        "ledger.db", "ledger.db-wal", "ledger.db-shm", "ledger.ballast", "ledger.opening", "RUN-1.lock",
    }  # fmt: skip
    assert set(modes.values()) == {0o700, 0o600}


def test_a_file_that_was_open_to_others_is_closed(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").touch(0o644)
    open_ledger(tmp_path).close()
    assert stat.S_IMODE((tmp_path / "ledger.db").stat().st_mode) == 0o600


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    """It may be more than ours: a home folder, a mount."""
    tmp_path.chmod(0o755)
    open_ledger(tmp_path).close()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


@pytest.mark.parametrize("mode", [0o777, 0o1777])
def test_a_folder_where_everybody_may_write(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    assert "/watchbook" in refused(tmp_path, "Everybody may write").hint


@pytest.mark.parametrize("loss", ["removed", "moved", "replaced"])
def test_a_ledger_that_is_lost_while_open_takes_nothing_more(tmp_path: Path, note: Note, loss: str) -> None:
    ledger = open_ledger(tmp_path)
    file = tmp_path / "ledger.db"
    ledger.commit(Batch([Entry("INC-1", [note()], opens="incident")]))
    copy = file.read_bytes()
    if loss == "removed":
        file.unlink()
    else:
        file.rename(tmp_path / "elsewhere")
    if loss == "replaced":
        file.write_bytes(copy)
    with pytest.raises(LedgerError, match="moved, removed or replaced while it was open"):
        ledger.commit(Batch([Entry("INC-1", [note()])]))
    with pytest.raises(LedgerError, match="moved, removed or replaced"):
        ledger.acquire("RUN-1", "me")
    ledger.close()


def test_a_path_with_odd_characters(tmp_path: Path, note: Note) -> None:
    home = tmp_path / "a b?c=d%20#é'"
    open_ledger(home).commit(Batch([Entry("INC-1", [note()], opens="incident")]))
    assert (home / "ledger.db").stat().st_size > 0
    assert len(open_ledger(home).read("INC-1")) == 1


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    assert "mv" in refused(tmp_path / "home", "a file is there").hint
    refused(tmp_path / "home" / "deeper", "cannot be made: Not a directory")


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").mkdir()
    assert "mv" in refused(tmp_path, "a folder is there").hint


def test_a_fifo_in_place_of_the_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ledger.db")
    refused(tmp_path, "no plain file")


def test_a_link_to_nowhere(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").symlink_to(tmp_path / "gone")
    refused(tmp_path, "cannot be made: File exists")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_bytes(b"what is this? " * 100)
    assert "mv" in refused(tmp_path, "is damaged, or no SQLite file").hint


def test_another_programs_database(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "ledger.db") as other:
        other.execute("CREATE TABLE songs (name)")
    other.close()
    with pytest.raises(LedgerError, match="no Watchbook ledger"):
        open_ledger(tmp_path)


def test_damage_inside_is_said_when_it_is_met(tmp_path: Path, note: Note) -> None:
    ledger = open_ledger(tmp_path)
    ledger.commit(Batch([Entry("INC-1", [note("x" * 500) for _ in range(300)], opens="incident")]))
    ledger.close()
    file = tmp_path / "ledger.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    with pytest.raises(LedgerError, match="damaged"):
        open_ledger(tmp_path).read("INC-1")


def test_somebody_elses_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ledger(tmp_path).close()
    me = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: me + 1)
    assert f"sudo -u '#{me}'" in refused(tmp_path, f"belongs to user {me}, and this is user {me + 1}").hint


def test_a_folder_that_may_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)  # root may write anywhere
    refused(tmp_path, "its mode forbids it")


def test_a_writer_that_never_ends_is_named(tmp_path: Path, note: Note, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidents.ledger.sqlite._BUSY_SECONDS", 0.2)
    ledger = open_sqlite(tmp_path / "ledger.db")
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="Another process has been writing") as caught:
        ledger.commit(Batch([Entry("INC-1", [note()], opens="incident")]))
    assert "fuser" in caught.value.hint
    other.rollback()
    ledger.commit(Batch([Entry("INC-1", [note()], opens="incident")]))


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A folder mounted read-only, with a ledger in it."""
    open_ledger(tmp_path / "source").close()
    target = tmp_path / "mounted"
    target.mkdir()
    subprocess.run(["mount", "--bind", tmp_path / "source", target], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", target], check=True)
    yield target
    subprocess.run(["umount", "--lazy", target], check=True)


@pytest.mark.needs("root")
def test_a_read_only_mount(read_only: Path) -> None:
    refused(read_only, "on a read-only file system")
    refused(read_only / "deeper", "cannot be made: Read-only file system")
