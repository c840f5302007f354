"""The upstream call: bounded, tried again when that can help, and stopped by the breaker when it cannot."""

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.upstream import breaker as breaker_module
from app.upstream import client as client_module
from app.upstream.breaker import FAILURES_TO_OPEN, Breaker
from app.upstream.client import Upstream, UpstreamClosed, UpstreamFailed
from tests.app.auth.test_tokens import bearer, sign_up
from tests.app.conftest import MakeClient


class Scripted(BaseHTTPRequestHandler):
    """Answers with the next status of the script."""

    script: list[int]
    seen: list[tuple[str, bytes, str]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, body, self.headers["Authorization"]))
        status = self.script.pop(0) if self.script else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b'{"text":"hello"}' if status == 200 else b"<html>sorry</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[list[int]], tuple[str, type[Scripted]]]]:
    monkeypatch.setattr(client_module, "BACKOFF_S", 0.001)
    servers: list[ThreadingHTTPServer] = []

    def start(script: list[int]) -> tuple[str, type[Scripted]]:
        handler = type("Handler", (Scripted,), {"script": script, "seen": []})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", handler

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


Serve = Callable[[list[int]], tuple[str, type[Scripted]]]


def test_a_prompt_goes_through_with_the_key(make_client: MakeClient, serve: Serve) -> None:
    url, handler = serve([])
    client = make_client(TOOLKIT_URL=url, TOOLKIT_API_KEY="sk_test_key")
    headers = bearer(sign_up(client)["accessToken"])
    body = {"messages": [{"role": "user", "content": "hi"}]}
    answer = client.post("/api/toolkit/v1/text/llm", json=body, headers=headers)
    assert answer.get_json() == {"text": "hello"}
    assert handler.seen == [("/v1/text/llm", json.dumps(body).encode(), "Bearer sk_test_key")]
    assert client.post("/api/toolkit/v1/text/llm", json=body).status_code == 401


def test_failures_are_tried_again_twice(serve: Serve) -> None:
    url, handler = serve([500, 503])
    assert Upstream(url, "k").call("/x", {}) == {"text": "hello"}
    assert len(handler.seen) == 3
    url, handler = serve([500] * 9)
    with pytest.raises(UpstreamFailed):
        Upstream(url, "k").call("/x", {})
    assert len(handler.seen) == 3


@pytest.mark.parametrize("status", [400, 404, 302])
def test_a_refusal_is_not_tried_again_and_does_not_open_the_breaker(serve: Serve, status: int) -> None:
    url, handler = serve([status] * 20)
    upstream = Upstream(url, "k")
    for _ in range(10):
        with pytest.raises(UpstreamFailed):
            upstream.call("/x", {})
    assert len(handler.seen) == 10
    assert upstream.breaker.state == "closed"


def test_six_failed_calls_open_the_breaker_and_one_success_closes_it(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, handler = serve([500] * 3 * FAILURES_TO_OPEN)
    upstream = Upstream(url, "k")
    for _ in range(FAILURES_TO_OPEN):
        with pytest.raises(UpstreamFailed):
            upstream.call("/x", {})
    calls = len(handler.seen)
    with pytest.raises(UpstreamClosed):
        upstream.call("/x", {})
    assert (upstream.breaker.state, len(handler.seen)) == ("open", calls)
    monkeypatch.setattr(breaker_module, "COOLDOWN_S", 0.0)
    assert upstream.call("/x", {}) == {"text": "hello"}
    assert upstream.breaker.state == "closed"


def test_half_open_lets_one_caller_try(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN):
        assert breaker.enter()
        breaker.leave(failed=True)
    assert not breaker.enter()
    monkeypatch.setattr(breaker_module, "COOLDOWN_S", 0.0)
    assert breaker.enter()
    assert not breaker.enter()


def test_a_dead_upstream_is_a_502_and_none_is_a_503(make_client: MakeClient, serve: Serve) -> None:
    dead, none = make_client(TOOLKIT_URL="http://127.0.0.1:9"), make_client()
    headers = bearer(sign_up(dead)["accessToken"])
    body = {"messages": [{"role": "user", "content": "hi"}]}
    for client, status in ((dead, 502), (none, 503)):
        assert client.post("/api/toolkit/v1/text/llm", json=body, headers=headers).status_code == status
