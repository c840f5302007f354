"""Files to and from this machine: whole or not at all, bounded, hashed on both sides."""

import hashlib
import os
from pathlib import Path

import pytest

from engine.reach.files import Limits, Problem, pour
from engine.reach.place import Place

ROOM = 1 << 20


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_put_writes_the_whole_file_with_its_mode(local: Place, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"\0binary\n" * 1000)
    target.write_text("before")
    moved = local.put(source, str(target), mode=0o640, limit=ROOM, timeout=10)
    assert moved.problem == ""
    assert moved.length == 8000
    assert moved.sha256 == moved.host_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert target.read_bytes() == source.read_bytes()
    assert target.stat().st_mode & 0o7777 == 0o640
    assert names(tmp_path) == ["source", "target"]


def test_get_brings_a_private_copy(local: Place, tmp_path: Path) -> None:
    (tmp_path / "log").write_text("line\n")
    moved = local.get(str(tmp_path / "log"), tmp_path / "copy", limit=ROOM, timeout=10)
    assert moved.problem == ""
    assert (tmp_path / "copy").read_text() == "line\n"
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


def test_a_relative_path_starts_at_home(local: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "log").write_text("line\n")
    assert local.get("log", tmp_path / "copy", limit=ROOM, timeout=10).problem == ""


@pytest.mark.parametrize("exists", [True, False])
def test_too_large_leaves_the_target_as_it_was(local: Place, tmp_path: Path, exists: bool) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"x" * 1001)
    if exists:
        target.write_text("before")
    moved = local.put(source, str(target), mode=0o644, limit=1000, timeout=10)
    assert "larger than the limit of 1,000 bytes" in moved.problem
    assert names(tmp_path) == (["source", "target"] if exists else ["source"])
    assert not exists or target.read_text() == "before"


def test_too_late_leaves_nothing(local: Place, tmp_path: Path) -> None:
    (tmp_path / "source").write_text("x")
    moved = local.put(tmp_path / "source", str(tmp_path / "target"), mode=0o644, limit=ROOM, timeout=0)
    assert "did not arrive within 0 s" in moved.problem
    assert names(tmp_path) == ["source"]


@pytest.mark.parametrize("kind", ["missing", "directory", "pipe", "device"])
def test_only_regular_files_are_read(local: Place, tmp_path: Path, kind: str) -> None:
    source = tmp_path / "source"
    if kind == "directory":
        source.mkdir()
    elif kind == "pipe":
        os.mkfifo(source)
    elif kind == "device":
        source = Path("/dev/zero")
    moved = local.get(str(source), tmp_path / "copy", limit=ROOM, timeout=10)
    assert str(source) in moved.problem
    assert not (tmp_path / "copy").exists()


def test_a_folder_is_no_target(local: Place, tmp_path: Path) -> None:
    (tmp_path / "source").write_text("x")
    (tmp_path / "folder").mkdir()
    assert (
        "name the file"
        in local.put(tmp_path / "source", str(tmp_path / "folder"), mode=0o644, limit=ROOM, timeout=10).problem
    )
    assert (
        "No such file"
        in local.put(tmp_path / "source", str(tmp_path / "no" / "file"), mode=0o644, limit=ROOM, timeout=10).problem
    )


def test_a_source_that_grows_for_ever_is_cut_off() -> None:
    with pytest.raises(Problem, match="larger"):
        pour(lambda size: b"x" * size, lambda _: None, Limits.of(10_000_000, 60))
