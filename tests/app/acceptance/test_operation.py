"""The running service under an operator's hands: kills, reloads, bad edits, two instances, several workers."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from app.configuration import envfile
from app.configuration.__main__ import main
from app.configuration.secrets import generate
from tests.house.tree import ROOT
from tests.support.backend import RunningBackend, free_port


def wait_until(what: str, true: object, seconds: float = 15) -> None:
    """Poll a predicate; fail by name."""
    assert callable(true)
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def auth(token: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_it_starts_again_after_all_of_it_was_killed(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:
        token = backend.sign_up()["accessToken"]
        assert backend.process is not None
        for pid in (backend.process.pid, *backend.workers()):
            os.kill(pid, signal.SIGKILL)
        backend.process.wait()
        assert backend.pidfile.exists(), "a killed master cannot tidy up"
        backend.start()
        assert backend.get("/api/auth/me", **auth(token)).status == 200, "accounts and sessions survive"


def test_a_pidfile_whose_number_belongs_to_somebody_else_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "backend.pid").write_text(f"{os.getpid()}\n")
    with RunningBackend(tmp_path) as backend:
        assert backend.process is not None
        assert backend.pidfile.read_text().strip() == str(backend.process.pid)


def test_workers_end_with_their_killed_master(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:
        workers = backend.workers()
        assert backend.process is not None
        backend.process.kill()
        backend.process.wait()
        wait_until("workers gone", lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_a_killed_worker_is_replaced(backend: RunningBackend) -> None:
    before = set(backend.workers())
    os.kill(min(before), signal.SIGKILL)
    wait_until("two workers again", lambda: len(backend.workers()) == 2 and set(backend.workers()) != before)
    assert backend.get("/api/").status == 200


def test_reload_reads_the_env_file_again_without_losing_a_request(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:
        before = set(backend.workers())
        envfile.replace(backend.env_file, {"LIMIT_SENSITIVE": "7 per minute"})
        os.kill(int(backend.pidfile.read_text()), signal.SIGHUP)
        statuses = Counter[int]()
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline and set(backend.workers()) & before:
            statuses[backend.get("/api/").status] += 1
        assert not set(backend.workers()) & before
        assert set(statuses) == {200}
        shown = backend.get("/api/ops/limits").json["limits"]
        assert isinstance(shown, dict)
        assert shown["sensitive"] == "7 per minute"


def test_a_bad_edit_does_not_take_the_service_down(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:
        before = set(backend.workers())
        good = backend.env_file.read_text()
        envfile.replace(backend.env_file, {"JWT_SECRET": "oops"})
        os.kill(int(backend.pidfile.read_text()), signal.SIGHUP)
        wait_until("the refusal", lambda: any(line["evt"] == "reload_refused" for line in backend.lines()))
        refusal = next(line for line in backend.lines() if line["evt"] == "reload_refused")
        assert "JWT_SECRET: is 4 bytes long" in str(refusal["msg"])
        assert set(backend.workers()) == before
        checks = backend.get("/api/health/detailed").json["checks"]
        assert isinstance(checks, dict)
        assert checks["configuration"]["status"] == "unhealthy", "seen before it hurts"
        os.kill(min(before), signal.SIGKILL)
        time.sleep(1.5)
        assert backend.get("/api/").status == 200, "the other worker goes on, the master too"
        backend.env_file.write_text(good)
        wait_until("two workers again", lambda: len(backend.workers()) == 2)


def test_planned_and_compromised_rotation_on_the_running_service(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:
        old = backend.sign_up()["accessToken"]

        def rotate(mode: str) -> None:
            before = set(backend.workers())
            assert main(["rotate", mode, str(backend.env_file)]) == 0
            os.kill(int(backend.pidfile.read_text()), signal.SIGHUP)
            wait_until("new workers", lambda: len(backend.workers()) == 2 and not set(backend.workers()) & before)

        rotate("planned")
        assert {backend.get("/api/auth/me", **auth(old)).status for _ in range(8)} == {200}
        rotate("compromised")
        assert {backend.get("/api/auth/me", **auth(old)).status for _ in range(8)} == {401}


def test_two_instances_of_one_host_share_counters_accounts_and_nothing_else(tmp_path: Path) -> None:
    shared = {"DATA_DIR": str(tmp_path / "shared")} | {name: generate() for name in ("JWT_SECRET", "LOG_SALT")}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with RunningBackend(tmp_path / "one", dict(shared)) as one, RunningBackend(tmp_path / "two", dict(shared)) as two:
        statuses = [(one, two)[n % 2].get("/api/sensitive/data").status for n in range(10)]
        assert statuses == [200] * 5 + [429] * 5
        assert two.get("/api/auth/me", **auth(one.sign_up()["accessToken"])).status == 200
        one.put("/api/ops/maintenance", {"enabled": True})
        assert {one.get("/api/toolkit/health").status for _ in range(6)} == {503}
        assert two.get("/api/toolkit/health").status == 200


def test_switches_reach_every_worker_and_outlive_them(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:
        backend.put("/api/ops/maintenance", {"enabled": True})
        assert {backend.get("/api/sensitive/data").status for _ in range(12)} == {503}
        os.kill(int(backend.pidfile.read_text()), signal.SIGHUP)
        before = set(backend.workers())
        wait_until("new workers", lambda: len(backend.workers()) == 2 and not set(backend.workers()) & before)
        assert {backend.get("/api/sensitive/data").status for _ in range(12)} == {503}
        backend.stop()
        backend.start()
        assert backend.get("/api/sensitive/data").status == 503
        backend.put("/api/ops/maintenance", {"enabled": False})
        assert {backend.get("/api/toolkit/health").status for _ in range(6)} == {200}


def test_metrics_add_up_over_the_workers(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:

        def count(line: str) -> float:
            text = backend.get("/api/metrics").body.decode()
            return sum(float(row.rpartition(" ")[2]) for row in text.splitlines() if row.startswith(line))

        info = 'http_requests_total{method="GET",route="/api/info",status="200"}'
        for _ in range(40):
            backend.get("/api/info")
        assert count(info) == 40
        os.kill(backend.workers()[0], signal.SIGKILL)
        wait_until("two workers again", lambda: len(backend.workers()) == 2)
        assert count(info) == 40, "the counts of a dead worker stay"
        backend.get("/api/auth/me")
        for _ in range(7):
            backend.get("/api/sensitive/data")
        assert count('rate_limited_total{limit="sensitive"}') == 2
        assert count('sec_events_total{evt="SEC_AUTH_TOKEN_INVALID"}') == 1
        names = backend.get("/api/metrics").body.decode()
        for name in (
            "http_request_duration_seconds",
            "log_events_total",
            "ingest_total",
            "ingest_latency",
            "log_queue_size",
        ):
            assert name in names


def test_logs_are_reopened_in_all_processes_by_an_operator(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:
        assert backend.process is not None
        for _ in range(12):
            backend.get("/api/")
        (backend.logs / "backend.log").rename(backend.logs / "old.log")
        backend.post("/api/ops/logs/reopen")

        def holders() -> list[str]:
            assert backend.process is not None
            pids = [backend.process.pid, *backend.workers()]
            return [
                str(fd) for pid in pids for fd in Path(f"/proc/{pid}/fd").iterdir() if "old.log" in str(fd.readlink())
            ]

        wait_until("nobody holds the old file", lambda: not holders())


def test_the_operations_socket_serves_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "ops.sock"
    with RunningBackend(tmp_path, {"OPERATIONS_SOCKET": str(path)}):
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(10)
            client.connect(str(path))
            client.sendall(b"GET /api/ops/config HTTP/1.1\r\nHost: ops\r\nConnection: close\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 200")
        assert path.stat().st_mode & 0o007 == 0, "not for everybody"


def test_a_port_in_use_ends_the_start(tmp_path: Path) -> None:
    port = free_port()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port))
        holder.listen()
        envfile.init(tmp_path / "env", {"PORT": str(port), "LOG_DIR": str(tmp_path), "DATA_DIR": str(tmp_path)})
        command = [sys.executable, "-m", "gunicorn", "-c", "app/deploy/gunicorn.conf.py", "app.wsgi:app"]
        environ = {"PATH": os.environ["PATH"], "APP_ENV_FILE": str(tmp_path / "env")}
        ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 1
    lines = [json.loads(line) for line in (tmp_path / "backend.log").read_text().splitlines()]
    assert any("Connection in use" in line["msg"] for line in lines)


def test_nothing_is_left_in_the_home_folder(backend: RunningBackend) -> None:
    """gunicorn would open a control socket there."""
    assert {path.name for path in backend.folder.iterdir()} == {"env", "logs", "data", "backend.pid", "stdout"}
