"""Files and HTTP over a real sshd."""

import hashlib
import os
from pathlib import Path

import pytest

from engine.reach.place import Place, Request

from ..local.test_local_http import says, server

pytestmark = pytest.mark.needs("sshd", "root")
ROOM = 64 << 20


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("size", [0, 1, 32 * 1024, 32 * 1024 + 1, 5_000_000])
def test_there_and_back_byte_for_byte(web: Place, tmp_path: Path, size: int) -> None:
    folder = tmp_path / "there"
    folder.mkdir()
    source, back = tmp_path / "source", tmp_path / "back"
    source.write_bytes(os.urandom(size))
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    up = web.put(source, f"{folder}/it's a $(file)", mode=0o640, limit=ROOM, timeout=30)
    assert (up.problem, up.length, up.sha256, up.host_sha256) == ("", size, digest, digest)
    assert (folder / "it's a $(file)").stat().st_mode & 0o777 == 0o640
    down = web.get(f"{folder}/it's a $(file)", back, limit=ROOM, timeout=30)
    assert (down.problem, down.length, down.sha256, down.host_sha256) == ("", size, digest, digest)
    assert back.read_bytes() == source.read_bytes()
    assert names(folder) == ["it's a $(file)"]


def test_a_replaced_file_is_never_seen_half(web: Place, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("before")
    (tmp_path / "large").write_bytes(b"x" * 1001)
    up = web.put(tmp_path / "large", str(target), mode=0o644, limit=1000, timeout=30)
    assert "larger than the limit" in up.problem
    assert target.read_text() == "before"
    assert names(tmp_path) == [name for name in names(tmp_path) if not name.startswith(".")]


def test_a_download_is_bounded(web: Place, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"x" * 1001)
    down = web.get(str(tmp_path / "log"), tmp_path / "copy", limit=1000, timeout=30)
    assert "larger than the limit" in down.problem
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(
    ("source", "because"),
    [("/no/such", "No such file"), ("/etc", "not a regular file"), ("/dev/zero", "not a regular file")],
)
def test_what_cannot_be_had(web: Place, tmp_path: Path, source: str, because: str) -> None:
    assert because in web.get(source, tmp_path / "copy", limit=ROOM, timeout=30).problem


def test_where_nothing_can_be_put(web: Place, tmp_path: Path) -> None:
    (tmp_path / "source").write_text("x")
    assert "name the file" in web.put(tmp_path / "source", str(tmp_path), mode=0o644, limit=ROOM, timeout=30).problem
    assert "No such file" in web.put(tmp_path / "source", "/no/such/x", mode=0o644, limit=ROOM, timeout=30).problem


def test_http_is_asked_from_the_host(web: Place) -> None:
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) as url:
        answer = web.http(Request("GET", url))
    assert (answer.status, answer.body, answer.message) == (200, b"ok", "")


def test_http_of_a_host_that_is_not_there_knows_nothing_about_the_url(web: Place) -> None:
    web.close()
    answer = web.http(Request("GET", "ftp://x/"))
    assert (answer.status, answer.sent) == (0, False)
