"""Bytes no client library would send: never a 500, never HTML, one envelope, and the service lives on."""

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.backend import RunningBackend

POST = b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBackend]:
    """With a short time for bodies, so that slow ones can be waited for."""
    values = {"REQUEST_TIMEOUT_SECONDS": "2", "LIMIT_AUTH": "100000 per minute"}
    with RunningBackend(tmp_path_factory.mktemp("raw"), values) as running:
        yield running


def exchange(backend: RunningBackend, *pieces: bytes, pause: float = 0.0, end: bool = True) -> bytes:
    """Send, and read until the service closes or falls silent."""
    with socket.create_connection(("127.0.0.1", backend.port), timeout=15) as client:
        try:
            for piece in pieces:
                client.sendall(piece)
                time.sleep(pause)
            if end:
                client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it may refuse before all is sent
        received = b""
        try:
            while piece := client.recv(65536):
                received += piece
        except OSError:
            pass
        return received


def check(received: bytes, *statuses: int) -> None:
    head, _, body = received.partition(b"\r\n\r\n")
    assert int(head.split()[1]) in statuses, received[:300]
    assert b"<html" not in received.lower() and b"gunicorn" not in received.lower()
    assert b"X-Content-Type-Options: nosniff" in head
    error = json.loads(body)["error"]
    assert {"code", "message", "timestamp", "requestId"} <= set(error)


@pytest.mark.parametrize(
    ("sent", "statuses"),
    [
        (b"GARBAGE\r\n\r\n", (400,)),
        (b"GET / HTTP/9.9\r\n\r\n", (400, 505)),
        (b"GET /api/ HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", (400,)),
        (b"GET /api/ HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", (400,)),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", (400, 414)),
        (b"GET /api/x HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n", (400, 431)),
        (b"GET /api/x HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 500 + b"\r\n", (400, 431)),
        (POST + b"Content-Length: -1\r\n\r\n", (400,)),
        (POST + b"Content-Length: abc\r\n\r\n", (400,)),
        (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}", (400,)),
        (POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", (400,)),
        (POST + b"Transfer-Encoding: nonsense\r\n\r\n", (400, 501)),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n", (400,)),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}", (400,)),
        (POST + b"Content-Length: 500\r\n\r\n{}", (400,)),
        (POST + b"Content-Length: 99999999999\r\n\r\n{}", (413,)),
        (POST + b"Content-Length: 2\r\n\r\n\xff\xfe", (400,)),
        (POST + b"Content-Length: 0\r\n\r\n", (400,)),
        (
            b"POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n--",
            (415,),
        ),
        (b"GET /api/auth/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \xff\xfe\r\n\r\n", (400, 401)),
        (b"GET /%00%ff/../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", (404,)),
        (b"GET http://evil.example/api/x HTTP/1.1\r\nHost: a\r\n\r\n", (404,)),
        (b"GET /api/x HTTP/1.1\r\nHost: a b\r\n\r\n", (400, 404)),
        (b"GET /api/x HTTP/1.1\r\n\r\n", (400, 404)),
        (b"FOO /api/ HTTP/1.1\r\nHost: a\r\n\r\n", (400, 405)),
        (b"get /api/ HTTP/1.1\r\nHost: a\r\n\r\n", (400, 405)),
        (b"GET /api/x HTTP/1.1\r\nHost: a\r\nExpect: surprises\r\n\r\n", (400, 404, 417)),
    ],
)
def test_bad_requests_get_the_envelope(backend: RunningBackend, sent: bytes, statuses: tuple[int, ...]) -> None:
    check(exchange(backend, sent), *statuses)
    assert backend.get("/api/").status == 200


def test_ten_mebibytes_and_one_byte_is_one_too_many(backend: RunningBackend) -> None:
    most = 10 * 1024 * 1024
    assert backend.post("/api/auth/login", b" " * most).code == "VALIDATION_ERROR"
    assert backend.post("/api/auth/login", b" " * (most + 1)).code == "PAYLOAD_TOO_LARGE"
    chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    check(exchange(backend, POST + b"Transfer-Encoding: chunked\r\n\r\n", chunk * 11, b"0\r\n\r\n"), 413)


def test_a_large_body_that_nobody_reads_still_gets_its_answer(backend: RunningBackend) -> None:
    big = b"x" * 5_000_000
    assert backend.post("/nowhere", big).status == 404
    assert backend.post("/api/auth/logout", big).status == 401
    assert backend.request("POST", "/api/auth/login", big, Content_Type="text/plain").status == 415


def test_a_body_that_drips_is_ended_by_408(backend: RunningBackend) -> None:
    received = exchange(backend, POST + b"Content-Length: 100\r\n\r\n", *([b"{"] * 6), pause=0.5, end=False)
    check(received, 408)


def test_two_requests_in_one_packet_are_both_answered(backend: RunningBackend) -> None:
    one = b"GET /api/ HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /api/info HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert exchange(backend, one + last).count(b"HTTP/1.1 200 OK") == 2


def test_a_hidden_second_request_is_not_carried_out(backend: RunningBackend) -> None:
    """Content-Length and Transfer-Encoding that contradict each other are how requests are smuggled."""
    smuggled = b"0\r\n\r\nGET /api/smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n"
    exchange(backend, POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + smuggled)
    assert "smuggled" not in (backend.logs / "backend.log").read_text()


def test_clients_that_never_finish_their_head_do_not_hold_the_service(backend: RunningBackend) -> None:
    """Forty of them, where there are eight threads; a real client is answered within the time for a head."""
    dawdlers = [socket.create_connection(("127.0.0.1", backend.port), timeout=5) for _ in range(40)]
    try:
        for dawdler in dawdlers:
            dawdler.sendall(b"GET /api/ HTTP/1.1\r\nHost: loc")
        began = time.monotonic()
        assert backend.get("/api/").status == 200
        assert time.monotonic() - began < 16
    finally:
        for dawdler in dawdlers:
            dawdler.close()


def test_a_client_that_hangs_up_leaves_no_error(backend: RunningBackend) -> None:
    def hang_up() -> None:
        with socket.create_connection(("127.0.0.1", backend.port), timeout=5) as client:
            client.sendall(POST + b"Content-Length: 100\r\n\r\n{")

    threads = [threading.Thread(target=hang_up) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert backend.get("/api/").status == 200


def test_after_all_of_it_there_was_no_500(backend: RunningBackend) -> None:
    lines = backend.lines()
    assert [line for line in lines if line["evt"] in ("unhandled_exception", "server_error")] == []
    assert not [line for line in lines if line["level"] == "ERROR"]
