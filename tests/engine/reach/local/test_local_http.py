"""HTTP from this machine against servers that behave, trickle, flood, lie and vanish."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from engine.reach.place import Place, Request
from incidents.secret import Secret

Talk = Callable[[socket.socket, bytes], None]


@contextmanager
def server(talk: Talk, until: bytes = b"\r\n\r\n") -> Iterator[str]:
    """One connection on loopback; `talk` gets it and what was said `until` then."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(10)
                head = b""
                while until not in head and (data := connection.recv(65536)):
                    head += data
                talk(connection, head)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
        thread.join(15)


def says(answer: bytes) -> Talk:
    return lambda connection, _: connection.sendall(answer)


def test_status_headers_and_body(local: Place) -> None:
    with server(says(b"HTTP/1.1 503 Gone\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 4\r\n\r\nbody")) as url:
        answer = local.http(Request("GET", f"{url}/api/?q=1#part"))
    assert (answer.status, answer.body, answer.message) == (503, b"body", "")
    assert answer.headers["x-a"] == "1, 2"


def test_what_is_asked(local: Place) -> None:
    heads = []

    def talk(connection: socket.socket, head: bytes) -> None:
        heads.append(head)
        connection.sendall(b"HTTP/1.1 204 No\r\n\r\n")

    headers: dict[str, str | Secret] = {"Authorization": Secret("token", "hunter22"), "Content-Type": "text/plain"}
    with server(talk) as url:
        assert local.http(Request("PUT", f"{url}?q=1", headers, b"hello")).status == 204
    assert heads[0].startswith(b"PUT /?q=1 HTTP/1.1\r\n")
    assert b"Authorization: hunter22\r\n" in heads[0]
    assert b"Content-Length: 5\r\n" in heads[0]


def test_a_redirect_is_an_answer_and_is_not_followed(local: Place) -> None:
    with server(says(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")) as url:
        assert local.http(Request("GET", url)).status == 302


def test_proxies_of_the_environment_are_not_asked(local: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as url:
        assert local.http(Request("GET", url)).status == 200


def trickle(connection: socket.socket, _head: bytes, start: bytes = b"") -> None:
    connection.sendall(start)
    with suppress(OSError):
        for _ in range(80):
            connection.sendall(b"x")
            time.sleep(0.1)


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"])
def test_a_trickle_ends_at_the_deadline(local: Place, start: bytes) -> None:
    began = time.monotonic()
    with server(lambda connection, head: trickle(connection, head, start)) as url:
        answer = local.http(Request("GET", url, timeout=0.5))
    assert (answer.status, answer.message) == (0, "no whole answer within 0.5 s")
    assert 0.4 < answer.seconds < 2
    assert time.monotonic() - began < 3


def test_silence_ends_at_the_deadline(local: Place) -> None:
    with server(lambda connection, _: (connection.recv(1), None)[1]) as url:
        assert local.http(Request("GET", url, timeout=0.3)).message == "no whole answer within 0.3 s"


def flood(connection: socket.socket, _head: bytes) -> None:
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(4000):
            connection.sendall(b"x" * 65536)


def test_a_body_is_cut_at_its_bound_and_that_is_said(local: Place) -> None:
    with server(flood) as url:
        answer = local.http(Request("GET", url, max_body=1000))
    assert (answer.status, len(answer.body)) == (200, 1000)
    assert answer.message == "the body was cut at 1,000 bytes"


def test_a_body_that_ends_early_is_not_taken_for_whole(local: Place) -> None:
    with server(says(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")) as url:
        answer = local.http(Request("GET", url))
    assert (answer.body, answer.message) == (b"half", "the body ended 6 bytes early")


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-x\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: 1\r\n" * 200 + b"\r\n",
        b"\0" * 100_000,
    ],
)
def test_what_is_not_http_is_no_answer(local: Place, answer: bytes) -> None:
    with server(says(answer)) as url:
        response = local.http(Request("GET", url))
    assert response.status == 0
    assert response.message.startswith("no answer: ")


@pytest.mark.parametrize(
    ("url", "because"),
    [
        ("ftp://x/", "not an http"),
        ("file:///etc/passwd", "not an http"),
        ("http:///x", "not an http"),
        ("http://127.0.0.1:99999/", "Port out of range"),
        ("http://127.0.0.1:1/", "Connection refused"),
        ("http://nowhere.invalid/", "no answer"),
        ("http://[::1", "Invalid IPv6"),
    ],
)
def test_what_cannot_be_asked(local: Place, url: str, because: str) -> None:
    answer = local.http(Request("GET", url, timeout=5))
    assert answer.status == 0
    assert because in answer.message


def test_a_secret_is_not_in_the_message_of_a_bad_header(local: Place) -> None:
    answer = local.http(Request("GET", "http://127.0.0.1:1/", {"A": Secret("token", "hunter22\nB: 1")}))
    assert "header" in answer.message
    assert "hunter22" not in answer.message


def test_a_path_that_could_smuggle_a_header_is_not_sent(local: Place) -> None:
    with server(says(b"")) as url:
        answer = local.http(Request("GET", f"{url}/a b"))
    assert answer.status == 0
    assert "control characters" in answer.message


def test_plain_http_on_a_tls_port_says_so(local: Place) -> None:
    def talk(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")

    with server(talk, until=b"") as url:
        answer = local.http(Request("GET", url.replace("http:", "https:")))
    assert answer.status == 0
    assert answer.message.startswith("TLS failed: ")
