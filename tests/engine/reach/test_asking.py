"""HTTP from a host that has only python3, only curl, only GNU wget, or nothing to ask with."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from engine.reach.asking import Answer, question
from engine.reach.edge import Unsendable
from engine.reach.place import Place, Request, Response
from incidents.secret import Secret

from .local.test_local_http import flood, says, server, trickle

NEEDED = ("sh", "env", "head", "mkdir", "rm", "id", "cat", "grep", "sed", "sleep", "ps")
Ask = Callable[[Request], Response]


def asker(local: Place, folder: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> Ask:
    """Asks from a machine that has `program` and little else."""
    bin_ = folder / "bin"
    bin_.mkdir()
    for name in (*NEEDED, program):
        path = sys.executable if name == "python3" else shutil.which(name)
        assert path, name
        (bin_ / name).symlink_to(os.path.realpath(path))
    monkeypatch.setenv("PATH", str(bin_))

    def ask(request: Request) -> Response:
        answer = Answer(request)
        return answer.response(local.run(question(request), answer))

    return ask


@pytest.fixture(
    params=[
        "python3",
        pytest.param("curl", marks=pytest.mark.needs("curl")),
        "wget",
    ]
)
def ask(request: pytest.FixtureRequest, local: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    return asker(local, tmp_path, monkeypatch, request.param)


def test_status_headers_and_body(ask: Ask, gone: object) -> None:
    with server(says(b"HTTP/1.1 503 Gone\r\nX-A: 1\r\nContent-Length: 6\r\n\r\nb\r\n\r\ny")) as url:
        answer = ask(Request("GET", f"{url}/api/?q=1&r=%20"))
    assert (answer.status, answer.body, answer.headers["x-a"]) == (503, b"b\r\n\r\ny", "1")


def test_what_is_asked(ask: Ask) -> None:
    heads = []

    def talk(connection: socket.socket, head: bytes) -> None:
        heads.append(head)
        connection.sendall(b"HTTP/1.1 201 Made\r\nContent-Length: 0\r\n\r\n")

    headers: dict[str, str | Secret] = {"Authorization": Secret("token", "Bearer hunter22\"\\'$x"), "X-B": "2"}
    with server(talk, until=b"hello") as url:
        assert ask(Request("PUT", f"{url}/a?q='$(x)\"", headers, b"hello")).status == 201
    assert heads[0].startswith(b"PUT /a?q=")
    assert b"Authorization: Bearer hunter22\"\\'$x\r\n" in heads[0]
    assert b"X-B: 2\r\n" in heads[0]
    assert heads[0].endswith(b"hello")


@pytest.mark.parametrize("method", ["HEAD", "DELETE"])
def test_answers_without_a_body(ask: Ask, method: str) -> None:
    with server(says(b"HTTP/1.1 204 No\r\nX-A: 1\r\n\r\n")) as url:
        answer = ask(Request(method, url))
    assert (answer.status, answer.body) == (204, b"")


def test_a_redirect_is_not_followed_and_proxies_are_not_asked(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.reach.local.runner.KEPT", ("HOME", "PATH", "http_proxy"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with server(says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\nno")) as url:
        assert ask(Request("GET", url)).status == 302


def test_a_body_is_cut_at_its_bound(ask: Ask) -> None:
    with server(flood) as url:
        answer = ask(Request("GET", url, max_body=100_000))
    assert (answer.status, len(answer.body)) == (200, 100_000)
    assert "cut at 100,000 bytes" in answer.message


def test_a_large_body_comes_whole(ask: Ask) -> None:
    body = os.urandom(900_000)
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + body)) as url:
        answer = ask(Request("GET", url))
    assert (answer.status, answer.body, answer.message) == (200, body, "")


def test_silence_and_trickles_end_in_time(ask: Ask) -> None:
    began = time.monotonic()
    with server(trickle) as url:
        answer = ask(Request("GET", url, timeout=1))
    assert (answer.status, answer.sent, answer.reached) == (0, True, True)
    assert time.monotonic() - began < 10


def test_nobody_listening_means_nothing_was_sent(ask: Ask) -> None:
    answer = ask(Request("POST", "http://127.0.0.1:1/", {}, b"x"))
    assert (answer.status, answer.sent) == (0, False)
    assert answer.message.startswith("no answer: ")


def test_what_is_not_http_is_no_answer(ask: Ask) -> None:
    with server(says(b"SSH-2.0-x\r\n\r\n")) as url:
        assert ask(Request("GET", url, timeout=3)).status == 0


def test_nothing_to_ask_with_is_a_clear_error(local: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = asker(local, tmp_path, monkeypatch, "true")(Request("GET", "http://127.0.0.1:1/"))
    assert (answer.status, answer.reached, answer.sent) == (0, False, False)
    assert "no python3, curl or GNU wget" in answer.message


def test_nothing_of_it_is_in_any_argv(ask: Ask) -> None:
    seen = []

    def talk(connection: socket.socket, _head: bytes) -> None:
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                seen.append((process / "cmdline").read_bytes())
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with server(talk, until=b"b0dy") as url:
        headers = {"A": Secret("token", "hunter22")}
        assert ask(Request("POST", f"{url}/?q=v4lue", headers, b"b0dy")).status == 200
    assert seen
    assert not [line for line in seen if b"hunter22" in line or b"v4lue" in line or b"b0dy" in line]


@pytest.mark.parametrize(
    "request_",
    [
        Request("GET", "file:///etc/passwd"),
        Request("GET", "http://x/\nheader = y"),
        Request("GET", "http://x/ y"),
        Request("GET\n", "http://x/"),
        Request("GET", "http://x/", {"A": "b\nurl = c"}),
        Request("POST", "http://x/", {}, b"\xff"),
    ],
)
def test_what_cannot_be_asked_is_refused_before(request_: Request) -> None:
    with pytest.raises(Unsendable):
        question(request_)
