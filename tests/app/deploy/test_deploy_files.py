"""The deploy files hold before their own tools: systemd-analyze, nginx -t, logrotate; and say what the service does."""

import re
import subprocess
import time
from pathlib import Path

import pytest

from app.logs.output import DEBUG, MAIN, SECURITY, TRACE
from tests.house.tree import ROOT
from tests.support.backend import RunningBackend, free_port

DEPLOY = ROOT / "app" / "deploy"
UNITS = [DEPLOY / "systemd" / "linguamate-backend.service", DEPLOY / "systemd" / "linguamate-backend@.service"]
LOGROTATE = DEPLOY / "logrotate" / "linguamate-backend"
RETENTION = {SECURITY: 90, MAIN: 30, DEBUG: 7, TRACE: 1}


def run(*command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=60)


@pytest.mark.needs("systemd")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_accepts_the_units(tmp_path: Path, unit: Path) -> None:
    """With commands that exist here in place of those of the target machine."""
    text = re.sub(r"/opt/linguamate-backend/venv/bin/\w+", "/bin/true", unit.read_text())
    copy = tmp_path / unit.name.replace("@.", "@8080.")
    (tmp_path / unit.name).write_text(text)
    copy.write_text(text)
    verified = run("systemd-analyze", "verify", "--man=no", str(copy))
    assert (verified.returncode, verified.stderr) == (0, "")
    security = run("systemd-analyze", "security", "--offline=true", "--threshold=30", str(copy))
    assert security.returncode == 0, security.stdout[-400:]


def test_the_template_differs_from_the_unit_by_its_port_only() -> None:
    one, template = (unit.read_text().splitlines() for unit in UNITS)
    changed = {line for line in template if line not in one and not line.startswith("#")}
    assert changed == {
        "Description=Linguamate backend on port %i",
        "Environment=PORT=%i",
        "Environment=PIDFILE=/run/linguamate-backend-%i/backend.pid",
        "RuntimeDirectory=linguamate-backend-%i",
    }


def test_units_start_what_the_readme_starts_and_stop_retrying_on_faults() -> None:
    for unit in UNITS:
        text = unit.read_text()
        for line in ("Type=notify", "KillMode=mixed", "RestartPreventExitStatus=78", "NoNewPrivileges=yes"):
            assert line in text
        assert "gunicorn -c app/deploy/gunicorn.conf.py app.wsgi:app" in text
        assert text.index("ExecReload=/opt") < text.index("ExecReload=/bin/kill -HUP"), "checked before it is reloaded"
        assert "EnvironmentFile=" not in text.replace("not given as EnvironmentFile=", "")


def certificate(folder: Path) -> None:
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=api.linguamate.app",
        "-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem"))  # fmt: skip


def nginx_conf(folder: Path, http: int, https: int, backends: list[int]) -> Path:
    """The shipped file with free ports, a throw-away certificate and these instances."""
    text = (DEPLOY / "nginx" / "linguamate-backend.conf").read_text()
    text = re.sub(r"    listen \[::\].*\n", "", text).replace("listen 80;", f"listen 127.0.0.1:{http};")
    text = text.replace("listen 443", f"listen 127.0.0.1:{https}").replace("/etc/ssl/linguamate-backend", str(folder))
    servers = "".join(f"    server 127.0.0.1:{port} max_fails=3 fail_timeout=10s;\n" for port in backends)
    text = re.sub(r"(    server 127\.0\.0\.1:\d+ .*\n)+", servers, text)
    certificate(folder)
    temp = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; user root;\n"
        f"events {{}}\nhttp {{ access_log off; {temp}\n{text}}}\n"
    )
    return conf


@pytest.mark.needs("nginx")
def test_nginx_accepts_the_shipped_file(tmp_path: Path) -> None:
    tested = run("nginx", "-t", "-c", str(nginx_conf(tmp_path, free_port(), free_port(), [8080, 8081, 8082])))
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr


@pytest.mark.needs("nginx", "curl", "root")
def test_behind_nginx_clients_are_told_apart_and_operations_are_shut(tmp_path: Path) -> None:
    https = free_port()
    values = {"TRUSTED_PROXY_COUNT": "1", "TRUSTED_PROXIES": "127.0.0.1", "LOG_LEVEL": "INFO"}
    with RunningBackend(tmp_path, values) as backend:
        conf = nginx_conf(tmp_path, free_port(), https, [backend.port])
        nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", str(conf)])
        try:

            def curl(path: str, *more: str) -> str:
                resolve = f"api.linguamate.app:{https}:127.0.0.1"
                command = ["curl", "-s", "--cacert", str(tmp_path / "fullchain.pem"), "--resolve", resolve]
                url = f"https://api.linguamate.app:{https}{path}"
                return run(*command, "-o", "/dev/null", "-w", "%{http_code}", *more, url).stdout

            deadline = time.monotonic() + 10
            while curl("/api/") != "200" and time.monotonic() < deadline:
                time.sleep(0.1)
            claims = [curl("/api/sensitive/data", "-H", f"X-Forwarded-For: 10.0.0.{n}") for n in range(7)]
            assert claims == ["200"] * 5 + ["429"] * 2, "a claimed address is no way around the limit"
            for path in ("/api/ops/config", "/api/metrics", "/api/health/ready"):
                assert curl(path) == "404"
            line = [entry for entry in backend.lines() if entry["evt"] == "http_request"][-1]
            assert str(line["req"]).count("https://api.linguamate.app") == 1, "the scheme the client used"
        finally:
            nginx.terminate()
            nginx.wait(timeout=10)


def test_each_log_file_is_kept_as_long_as_its_level_asks() -> None:
    stanzas = dict(re.findall(r"/var/log/linguamate-backend/(\S+) \{(.*?)\n\}", LOGROTATE.read_text(), re.DOTALL))
    assert set(stanzas) == set(RETENTION)
    for name, days in RETENTION.items():
        for option in (f"rotate {days}", f"maxage {days}", "create 0640 ", "sharedscripts", "USR1", "su "):
            assert option in stanzas[name], (name, option)


def rotation(folder: Path, backend: RunningBackend) -> Path:
    """The shipped file with this instance's folder and pid, since no unit of ours runs here."""
    text = LOGROTATE.read_text().replace("/var/log/linguamate-backend", str(backend.logs))
    text = text.replace("linguamate adm", "root root")
    text = re.sub(r"systemctl kill .*", f"kill -USR1 $(cat {backend.pidfile})", text)
    conf = folder / "logrotate.conf"
    conf.write_text(text)
    conf.chmod(0o644)
    return conf


@pytest.mark.needs("logrotate", "root")
def test_logrotate_accepts_the_file_and_rotates_the_live_log_without_loss(tmp_path: Path) -> None:
    with RunningBackend(tmp_path) as backend:
        backend.logs.chmod(0o750)
        conf = rotation(tmp_path, backend)
        dry = run("logrotate", "-d", "-s", str(tmp_path / "state"), str(conf))
        assert dry.returncode == 0
        assert "error" not in dry.stderr.lower()
        for number in range(50):
            backend.get("/api/", x_correlation_id=f"before-{number}")
        backend.get("/api/auth/me")
        rotated = run("logrotate", "-f", "-s", str(tmp_path / "state"), str(conf))
        assert rotated.returncode == 0, rotated.stderr
        for number in range(50):
            backend.get("/api/", x_correlation_id=f"after-{number}")
        new = (backend.logs / MAIN).read_text()
        old = "".join(path.read_text() for path in backend.logs.glob(f"{MAIN}-*"))
        assert all(f"before-{number}" in old for number in range(50))
        assert all(f"after-{number}" in new for number in range(50))
        assert (backend.logs / MAIN).stat().st_mode & 0o777 == 0o640
