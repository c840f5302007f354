"""The real backend under gunicorn, started and stopped by tests on a free port; it knows no test."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from app.configuration import envfile
from tests.house.tree import ROOT

HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """A response, read whole."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        """The body as an object."""
        value = json.loads(self.body)
        assert isinstance(value, dict)
        return value

    @property
    def code(self) -> object:
        """The error code of the envelope."""
        error = self.json["error"]
        assert isinstance(error, dict)
        return error["code"]


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class RunningBackend:
    """One instance: its folder holds env file, logs, data and pidfile. Use as a context manager."""

    folder: Path
    values: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    application: str = "app.wsgi:app"
    probe: str = "/api/health"

    @property
    def env_file(self) -> Path:
        return self.folder / "env"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def pidfile(self) -> Path:
        return self.folder / "backend.pid"

    @property
    def environ(self) -> dict[str, str]:
        """Only what the service needs: nothing of the test run's environment leaks in."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "APP_ENV_FILE": str(self.env_file)}

    def __enter__(self) -> Self:
        own = {
            "PORT": str(self.port),
            "LOG_DIR": str(self.logs),
            "DATA_DIR": str(self.folder / "data"),
            "PIDFILE": str(self.pidfile),
        }
        if not self.env_file.exists():
            envfile.init(self.env_file, own | self.values)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start gunicorn as the operator does, and wait until every worker answers."""
        command = [sys.executable, "-m", "gunicorn", "-c", "app/deploy/gunicorn.conf.py", self.application]
        with (self.folder / "stdout").open("ab") as out:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environ, stdout=out, stderr=out)
        deadline = time.monotonic() + 20
        seen: set[object] = set()
        wanted = int(self.values.get("WORKERS", "2")) if self.probe == "/api/health" else 1
        while len(seen) < wanted:
            assert time.monotonic() < deadline, f"did not start: {(self.folder / 'stdout').read_text()}"
            assert self.process.poll() is None, f"exited: {(self.folder / 'stdout').read_text()}"
            with suppress(OSError):
                seen.add(self.get(self.probe).json.get("pid"))
            if len(seen) < wanted:
                time.sleep(0.05)  # a worker that starts needs the processor more than we do

    def stop(self) -> int:
        """TERM, and the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(timeout=40)

    def workers(self) -> list[int]:
        """The pids of the workers."""
        assert self.process is not None
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def request(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """One request on a connection of its own; underscores in header names stand for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=35)
        try:
            data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, data, (HEADERS if data is not None else {}) | named)
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, None, **headers)

    def post(self, path: str, body: object = None, **headers: str) -> Answer:
        return self.request("POST", path, body, **headers)

    def put(self, path: str, body: object) -> Answer:
        return self.request("PUT", path, body)

    def sign_up(self, email: str = "ann@example.org") -> dict[str, object]:
        """A fresh account's tokens."""
        answer = self.post("/api/auth/signup", {"email": email, "password": "Correct7horse", "displayName": "Ann"})
        assert answer.status == 201, answer.body
        return answer.json

    def lines(self, name: str = "backend.log") -> list[dict[str, object]]:
        """The log so far; each line must be a JSON object."""
        return [json.loads(line) for line in (self.logs / name).read_text().splitlines()]
