"""Lines go to the files of their level, whole, whoever moves the file and whatever the disk says."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from app.logs.files import MAX_WAITING, LogFile
from app.logs.levels import ORDER
from app.logs.output import Output, files_of


def test_each_level_has_the_files_that_keep_it_long_enough() -> None:
    kept = {level: files_of(level) for level in ORDER}
    both = ("backend.log", "security.log")
    assert kept == {
        "TRACE": ("trace.log",),
        "DEBUG": ("debug.log",),
        "INFO": ("backend.log",),
        "NOTICE": ("backend.log",),
        "WARN": both,
        "ERROR": both,
        "FATAL": both,
        "SECURITY": both,
    }


def test_a_moved_file_is_followed_and_no_line_is_lost(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "a.log")
    for number in range(100):
        file.append(f"{number}\n".encode())
        if number in (30, 60):
            (tmp_path / "a.log").rename(tmp_path / f"a.{number}")
    parts = [(tmp_path / name).read_text().split() for name in ("a.30", "a.60", "a.log")]
    assert [int(line) for part in parts for line in part] == list(range(100))
    assert (tmp_path / "a.log").stat().st_mode & 0o777 == 0o640 & ~_umask()


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now


def _fill(path: Path, name: str) -> None:
    file = LogFile(path)
    for number in range(300):
        file.append(json.dumps({"name": name, "number": number, "pad": "x" * 20_000}).encode() + b"\n")


def test_processes_that_share_a_file_never_cut_each_others_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    fork = multiprocessing.get_context("fork")
    workers = [fork.Process(target=_fill, args=(path, name)) for name in "abc"]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    seen = [(line["name"], line["number"]) for line in map(json.loads, path.read_text().splitlines())]
    assert sorted(seen) == [(name, number) for name in "abc" for number in range(300)]


def test_lines_wait_for_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.write_text("a file stands where the folder should be")
    output = Output(folder, stdout=False)
    output.msg("INFO", "one")
    output.msg("INFO", "two")
    assert output.waiting == 2
    folder.unlink()
    output.msg("INFO", "three")
    assert (folder / "backend.log").read_text().split() == ["one", "two", "three"]
    assert output.waiting == 0


def test_what_waits_is_bounded_and_the_loss_is_counted(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    file = LogFile(tmp_path / "x" / "a.log")
    for _ in range(MAX_WAITING + 7):
        file.append(b"line\n")
    assert (file.waiting, file.lost) == (MAX_WAITING, 7)


def test_a_full_disk_refuses_what_must_be_durable() -> None:
    with pytest.raises(OSError, match="No space left"):
        LogFile(Path("/dev/full")).append_durably(b"line\n")
