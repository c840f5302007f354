"""The operations guide's own lines, run by a shell against the real service with two workers, show what it says."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.http.security_headers import security_headers
from tests.support.backend import Answer, RunningBackend

pytestmark = pytest.mark.needs("curl", "bash")


def shell(backend: RunningBackend, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the guide in the folder that holds `logs/`, with the instance's port in place of 8080."""
    line = line.replace("8080", str(backend.port))
    return subprocess.run(["bash", "-c", line], cwd=backend.folder, capture_output=True, text=True, timeout=60)


def test_basic_health_check(backend: RunningBackend) -> None:
    body = json.loads(shell(backend, "curl http://localhost:8080/api/").stdout)
    assert list(body) == ["status", "message", "timestamp", "version"]
    assert (body["status"], body["message"]) == ("ok", "Language Learning API is running")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])
    assert body["version"] == "1.0.0"
    assert shell(backend, "curl -f http://localhost:8080/api/ || echo 'Server not responding'").returncode == 0
    assert backend.get("/api").status == 200


def test_detailed_health_check(backend: RunningBackend) -> None:
    body = json.loads(shell(backend, "curl http://localhost:8080/api/info").stdout)
    assert (body["name"], body["version"]) == ("Language Learning Backend", "1.0.0")
    assert body["endpoints"] == {
        "trpc": "/api/trpc",
        "health": "/api/",
        "info": "/api/info",
        "ingestLogs": "/api/ingest/logs",
    }


def test_test_rate_limiting_exactly_five_of_ten_with_several_workers(backend: RunningBackend) -> None:
    assert len(backend.workers()) == 2
    shown = "-s -o /dev/null -w '%{http_code} %{header_json}\\n'"
    loop = f"for i in {{1..10}}; do curl {shown} http://localhost:8080/api/sensitive/data; done"
    printed = shell(backend, loop).stdout
    assert re.findall(r"^(\d+) ", printed, re.MULTILINE) == ["200"] * 5 + ["429"] * 5
    assert printed.count("x-ratelimit-remaining") == printed.count("x-ratelimit-reset") == 10
    last = backend.get("/api/sensitive/data")
    assert 0 < int(last.headers["retry-after"]) <= 60


def test_monitor_authentication_by_grep(backend: RunningBackend) -> None:
    backend.get("/api/auth/me")
    backend.get("/api/sensitive/data")
    found = shell(backend, 'grep "UNAUTHORIZED" logs/backend.log').stdout
    assert any(json.loads(line)["evt"] == "SEC_AUTH_TOKEN_INVALID" for line in found.splitlines())
    for _ in range(6):
        backend.get("/api/sensitive/data")
    found = shell(backend, 'grep "Rate limit exceeded" logs/backend.log').stdout
    assert any(json.loads(line)["evt"] == "SEC_RATE_LIMIT_TRIPPED" for line in found.splitlines())
    assert shell(backend, 'grep -i "security\\|error\\|unauthorized" logs/backend.log').returncode == 0


def test_log_format_and_levels(backend: RunningBackend) -> None:
    backend.get("/api/", x_correlation_id="req_123456789", x_session_id="s-1")
    shell(backend, 'curl "http://localhost:8080/nowhere?token=abc"')
    lines = [line for line in backend.lines() if line["evt"] == "http_request"]
    line = next(x for x in lines if x["corr"] == {"correlationId": "req_123456789", "sessionId": "s-1"})
    assert line["level"] == "INFO"
    req = line["req"]
    assert isinstance(req, dict)
    assert (req["method"], req["path"], req["status"]) == ("GET", "/api/", 200)
    assert req["url"] == f"http://127.0.0.1:{backend.port}/api/"
    for every in backend.lines():
        assert {"level", "time", "env", "instance", "pid", "evt", "cat", "msg"} <= set(every)
    assert "token=abc" not in (backend.logs / "backend.log").read_text(), "no query string is logged"


def test_security_headers_by_curl_and_on_every_status(backend: RunningBackend) -> None:
    printed = shell(backend, "curl -I http://localhost:8080/api/").stdout
    for line in (
        "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY",
        "X-XSS-Protection: 1; mode=block",
        "Referrer-Policy: strict-origin-when-cross-origin",
    ):
        assert line in printed
    assert "server:" not in printed.lower()
    for _ in range(6):
        limited = backend.get("/api/sensitive/data")
    answers: dict[int, Answer] = {
        200: backend.get("/api/"),
        204: backend.request("OPTIONS", "/api/", Access_Control_Request_Method="GET"),
        401: backend.get("/api/auth/me"),
        404: backend.get("/nowhere"),
        405: backend.request("DELETE", "/api/"),
        413: backend.post("/api/auth/login", b" " * (10 * 1024 * 1024 + 1)),
        415: backend.request("POST", "/api/auth/login", b"x", Content_Type="text/plain"),
        429: limited,
    }
    for status, answer in answers.items():
        assert answer.status == status
        for name, value in security_headers(production=True).items():
            assert answer.headers[name.lower()] == value, (status, name)


def test_cors_headers_by_curl(backend: RunningBackend) -> None:
    printed = shell(backend, 'curl -H "Origin: https://linguamate.app" -I http://localhost:8080/api/').stdout
    assert "Access-Control-Allow-Origin: https://linguamate.app" in printed
    printed = shell(backend, 'curl -H "Origin: https://evil.example" -I http://localhost:8080/api/').stdout
    assert "200 OK" in printed and "Access-Control-Allow-Origin" not in printed


def test_response_time_by_curl(backend: RunningBackend) -> None:
    assert "real" in shell(backend, "time curl -s http://localhost:8080/api/").stderr


def test_manual_log_rotation_loses_no_line(backend: RunningBackend) -> None:
    """Requests go on during the guide's `mv` and our USR1 (its restart); each has its line in one of the files."""
    sent: list[str] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            sent.append(f"rotation-{len(sent)}")
            backend.get("/api/", x_correlation_id=sent[-1])

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.3)
    shell(backend, "mv logs/backend.log logs/backend.log.old && kill -USR1 $(cat backend.pid)")
    time.sleep(0.5)
    stop.set()
    asking.join()
    old, new = ((backend.logs / name).read_text() for name in ("backend.log.old", "backend.log"))
    assert len(sent) > 20
    assert all((f'"{one}"' in old) != (f'"{one}"' in new) for one in sent), "each line is in one file, once"
    assert f'"{sent[-1]}"' in new
    assert (backend.logs / "backend.log").stat().st_mode & 0o777 == 0o640
    (backend.logs / "backend.log.old").rename(backend.logs / "backend.log")


def test_log_backup_after_rotation(backend: RunningBackend) -> None:
    made = shell(backend, "tar -czf logs-backup-$(date +%Y%m%d).tar.gz logs/ && tar -tzf logs-backup-*.tar.gz")
    assert "logs/backend.log" in made.stdout


def test_graceful_shutdown_answers_what_is_in_flight(tmp_path: Path) -> None:
    """A body is still arriving when TERM comes: its request is answered, new ones are refused, the exit is 0."""
    with RunningBackend(tmp_path) as backend:
        body = json.dumps({"email": "a@example.org", "password": "x"}).encode()
        head = "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", backend.port), timeout=20) as client:
            client.sendall(head.encode() + body[:10])
            time.sleep(0.3)
            shell(backend, "kill -TERM $(cat backend.pid)")
            time.sleep(0.7)
            with pytest.raises(OSError):
                backend.get("/api/")
            client.sendall(body[10:])
            assert client.recv(4096).startswith(b"HTTP/1.1 401")
        assert backend.stop() == 0
        assert not backend.pidfile.exists()


def test_a_wrong_secret_stops_the_start_with_one_clear_line(tmp_path: Path) -> None:
    environ = {"PATH": os.environ["PATH"], "JWT_SECRET": "your-secure-secret-here", "APP_ENV": "development"}
    command = [sys.executable, "-m", "app.configuration", "check"]
    root = Path(__file__).parents[3]
    ended = subprocess.run(command, cwd=root, env=environ, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 78
    assert "JWT_SECRET: is 23 bytes long; at least 32 are needed" in ended.stderr
