"""upload and download: the planned file, whole or not at all, and what came back in the record."""

import hashlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.reach.place import Place, Transfer
from engine.words.download import Download
from engine.words.upload import Upload, locate, planned_file
from engine.words.word import Deed
from incidents.vocabulary.run import EvidenceKept
from tests.support.scene import Scripted, Stage


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    book = tmp_path / "runbooks"
    book.mkdir()
    (book / "app.conf").write_bytes(b"port = 8080\n")
    return book


def planned(folder: Path) -> dict[str, str]:
    path = folder / "app.conf"
    return {str(path.resolve()): hashlib.sha256(path.read_bytes()).hexdigest()}


def test_a_file_arrives_with_its_mode(stage: Stage, local: Place, folder: Path, tmp_path: Path) -> None:
    word = Upload.model_validate({"from": "app.conf", "to": "{{ target }}", "mode": "0640"})
    target = tmp_path / "there; rm -rf x"
    scene = stage.scene(local, {"target": str(target)}, files=planned(folder))
    deed = word.perform(scene)
    assert (deed.status, deed.message.split(",")[0]) == ("ok", "12 bytes")
    assert target.read_bytes() == b"port = 8080\n"
    assert target.stat().st_mode & 0o777 == 0o640


def test_a_file_that_changed_since_the_plan_is_refused(stage: Stage, folder: Path) -> None:
    files = planned(folder)
    (folder / "app.conf").write_bytes(b"port = 1\n")
    deed = Upload.model_validate({"from": "app.conf", "to": "/x"}).perform(stage.scene(Scripted(), files=files))
    said = f"{folder}/app.conf has changed since the run was planned; start a new run to use it"
    assert deed == Deed("failed", said)


def test_only_planned_files_are_uploaded(stage: Stage, folder: Path, tmp_path: Path) -> None:
    word = Upload.model_validate({"from": "app.conf", "to": "/x"})
    deed = word.perform(stage.scene(Scripted(), files={str(folder / "my-app.conf"): ""}))
    assert deed == Deed("failed", "the plan holds no files called app.conf; it needs exactly one")
    with pytest.raises(ValueError, match="the plan holds 2 files"):
        planned_file("app.conf", ["/a/app.conf", "/b/app.conf"])
    assert planned_file("b/app.conf", ["/a/app.conf", "/b/app.conf"]) == Path("/b/app.conf")


def test_files_outside_the_folders_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    for name in ("../secret", "/etc/passwd", "link"):
        with pytest.raises(ValueError, match="leads out of its folder"):
            locate(name, (folder,))
    with pytest.raises(ValueError, match=r"there is no file app\.con; looked in"):
        locate("app.con", (folder,))
    (folder / "same").symlink_to("app.conf")
    assert locate("same", (tmp_path / "none", folder)) == folder / "same"


@pytest.mark.parametrize("mode", ["644 ", "0999", "rw-r--r--", "04755"])
def test_modes_are_three_octal_digits(mode: str) -> None:
    with pytest.raises(ValidationError):
        Upload.model_validate({"from": "a", "to": "/b", "mode": mode})


def test_a_download_is_kept_in_the_record(stage: Stage, local: Place, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_bytes(b"\0binary\xff")
    word = Download.model_validate({"from": "{{ folder }}/app.log", "as": "log"})
    assert word.effect == "read"
    deed = word.perform(stage.scene(local, {"folder": str(tmp_path)}))
    assert deed.status == "ok"
    assert stage.kept == {"log": b"\0binary\xff"}
    digest = hashlib.sha256(b"\0binary\xff").hexdigest()
    source = str(tmp_path / "app.log")
    kept = EvidenceKept("log", source, 8, digest, digest, "step/web-1/1/log", clock_offset=0.0, stored=digest)
    assert stage.facts == [kept]


def test_a_download_that_is_too_large_or_not_there_fails(stage: Stage, local: Place, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 2000)
    for name in ("big", "none"):
        word = Download.model_validate({"from": f"{tmp_path}/{name}", "as": "it", "max": "1KB"})
        deed = word.perform(stage.scene(local))
        assert deed.status == "failed"
        assert deed.quote
    assert not stage.kept


def test_an_upload_that_did_not_arrive_says_why(stage: Stage, folder: Path) -> None:
    word = Upload.model_validate({"from": "app.conf", "to": "/x"})
    place = Scripted(Transfer(0, "", "", "disk full"))
    deed = word.perform(stage.scene(place, files=planned(folder)))
    assert (deed.status, deed.message, deed.quote) == ("failed", "app.conf did not arrive", "disk full")
