"""A stage that remembers, and a small web server."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.scene import Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


@dataclass
class Web:
    """A server on a free loopback port. `answers` maps a path to status, headers and body; `heard` is what came."""

    port: int = 0
    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    heard: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    def says(self, path: str, status: int, body: object) -> None:
        """From now on, as JSON."""
        self.answers[path] = (status, {"Content-Type": "application/json"}, json.dumps(body).encode())


@pytest.fixture
def web() -> Iterator[Web]:
    told = Web()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told.heard.append((self.command, self.path, dict(self.headers.items()), body))
            status, headers, content = told.answers.get(self.path, (404, {}, b"nothing here"))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    yield told
    server.shutdown()
    serving.join()
    server.server_close()
