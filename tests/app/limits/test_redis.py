"""Counters in a Redis: shared between hosts; while it is gone sign-in is shut and requests do not hang."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import RunningBackend, free_port

pytestmark = pytest.mark.needs("redis")


class Redis:
    """A throw-away server."""

    def __init__(self, folder: Path) -> None:
        self.port, self.folder = free_port(), folder
        self.start()

    def start(self) -> None:
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    yield server
    server.kill()


def test_limits_hold_close_and_come_back_with_redis(tmp_path: Path, redis: Redis) -> None:
    uri = {"RATELIMIT_STORAGE_URI": f"redis://127.0.0.1:{redis.port}/0"}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    salt = {"LOG_SALT": "V1-9ZkQ0x7mWbYt3nRfLcA5uHs8dGjPe2oKiXvTq6Bw"}
    with RunningBackend(tmp_path / "one", uri | salt) as one, RunningBackend(tmp_path / "two", uri | salt) as two:
        statuses = [(one, two)[n % 2].get("/api/sensitive/data").status for n in range(10)]
        assert statuses == [200] * 5 + [429] * 5, "two hosts, one count"
        counters = one.get("/api/ops/limits").json["counters"]
        assert isinstance(counters, list)
        assert (counters[0]["scope"], counters[0]["count"]) == ("sensitive", 10)
        assert two.post("/api/ops/limits/clear", {"subject": "ip:127.0.0.1"}).json["cleared"] == 1
        assert one.get("/api/sensitive/data").status == 200

        redis.kill()
        body = {"email": "a@example.org", "password": "x"}
        began = time.monotonic()
        assert one.post("/api/auth/login", body).status == 503
        assert time.monotonic() - began < 3
        assert one.get("/api/sensitive/data").status == 200
        assert one.get("/api/health").status == 200
        assert one.get("/api/health/detailed").status == 503
        redis.start()
        deadline = time.monotonic() + 10
        while (answer := one.post("/api/auth/login", body)).status == 503 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert answer.status == 401
