"""The pidfile driver against a real small daemon: a master with two workers that share its port."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from engine.inventory.host import Host, ServiceEntry
from engine.reach.local import LocalReach
from engine.words.service import Service, ServiceReading
from engine.words.word import Deed
from tests.support.scene import Stage

DAEMON = """
import os, signal, socket, sys, time
port, pidfile, daemonize = int(sys.argv[1]), sys.argv[2], sys.argv[3] == "daemonize"
if daemonize:
    if os.fork(): os._exit(0)
    os.setsid()
    if os.fork(): os._exit(0)
listening = socket.create_server(("127.0.0.1", port))
workers = []
for _ in range(2):
    if not (worker := os.fork()):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True: time.sleep(60)
    workers.append(worker)
def stop(*_):
    for worker in workers: os.kill(worker, signal.SIGKILL)
    os.unlink(pidfile)
    print("stopped well", flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGHUP, lambda *_: print("reloaded", flush=True))
print("up", flush=True)
with open(pidfile + ".new", "w") as file: file.write(f"{os.getpid()}\\n")
os.rename(pidfile + ".new", pidfile)
while True: time.sleep(60)
"""


@dataclass
class Daemon:
    """The daemon as hosts.yaml describes it, and the word that works on it."""

    stage: Stage
    host: Host
    port: int
    folder: Path

    def do(self, verb: str, timeout: float = 20.0) -> Deed:
        return self._perform({"name": "echo", "do": verb}, timeout)

    def get(self, what: str) -> str:
        deed = self._perform({"name": "echo", "get": what}, 10.0)
        assert deed.status == "ok", deed
        return deed.stdout.strip()

    def _perform(self, yaml: dict[str, str], timeout: float) -> Deed:
        self.stage.shown.update(out=b"", err=b"")
        place = LocalReach().place(self.host)
        return Service.model_validate(yaml).perform(self.stage.scene(place, timeout=timeout))

    @property
    def pidfile(self) -> Path:
        return self.folder / "echo.pid"

    @property
    def pid(self) -> int:
        return int(self.pidfile.read_text())

    def listens(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    def described(self, *, start: str = "", log: str = "") -> "Daemon":
        entry = self.host.services["echo"]
        entry = replace(entry, start=start or entry.start, log=log or entry.log)
        return replace(self, host=replace(self.host, services={"echo": entry}))


both_ways = pytest.mark.parametrize("daemon", ["foreground", "daemonize"], indirect=True)
"""A service that stays in front, and one that forks itself away from whoever started it."""
every_shell = pytest.mark.usefixtures("shell")


@pytest.fixture
def daemon(request: pytest.FixtureRequest, stage: Stage, tmp_path: Path) -> Iterator[Daemon]:
    folder = tmp_path / "with space; and 'quote'"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "daemon.py").write_text(DAEMON)
    start = f"cd \"{folder}\" && '{sys.executable}' daemon.py {port} echo.pid {getattr(request, 'param', 'foreground')}"
    entry = ServiceEntry(str(folder / "echo.pid"), start, str(folder / "echo.log"), grace=1.0)
    made = Daemon(stage, Host("local", services={"echo": entry}), port, folder)
    yield made
    made.do("stop")
    assert not made.listens()


@every_shell
def test_it_starts_stops_and_says_what_was_done_already(daemon: Daemon) -> None:
    assert daemon.get("state") == "stopped"
    assert daemon.do("stop") == Deed("ok", "echo is stopped already", changed=False)
    started = daemon.do("start")
    assert started == Deed("ok", f"echo started, pid {daemon.pid}", changed=True)
    assert daemon.listens()
    assert daemon.get("state") == "running"
    assert daemon.get("pid") == str(daemon.pid)
    assert daemon.do("start") == Deed("ok", f"echo runs already, pid {daemon.pid}", changed=False)
    assert daemon.do("stop") == Deed("ok", "echo stopped", changed=True)
    assert not daemon.listens()
    assert not daemon.pidfile.exists()
    assert "stopped well" in (daemon.folder / "echo.log").read_text()


@every_shell
def test_a_restart_gives_another_start_and_nothing_else_does(daemon: Daemon) -> None:
    daemon.do("start")
    first = daemon.get("started_at")
    assert first.startswith("boot+")
    time.sleep(0.05)
    assert daemon.get("started_at") == first
    assert daemon.do("restart").changed is True
    assert daemon.listens()
    assert daemon.get("started_at") != first


def test_reload_is_hup_to_the_master(daemon: Daemon) -> None:
    daemon.do("start")
    pid = daemon.pid
    assert daemon.do("reload") == Deed("ok", f"echo told to reload, pid {pid}", changed=True)
    deadline = time.monotonic() + 5
    while "reloaded" not in (log := (daemon.folder / "echo.log").read_text()) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "reloaded" in log
    assert daemon.pid == pid


@every_shell
@both_ways
def test_workers_orphaned_by_kill_9_are_ended_before_the_next_start(daemon: Daemon) -> None:
    daemon.do("start")
    killed = daemon.pid
    os.kill(killed, signal.SIGKILL)
    assert daemon.listens(), "the workers hold the port"
    assert daemon.get("state") == "stopped"
    assert daemon.get("started_at") == "stopped"
    assert daemon.do("start").changed is True
    assert daemon.pid != killed
    assert daemon.listens()


@both_ways
def test_stop_ends_orphans_too(daemon: Daemon) -> None:
    daemon.do("start")
    os.kill(daemon.pid, signal.SIGKILL)
    deed = daemon.do("stop")
    assert deed == Deed("ok", "echo was dead; what it had left running was ended", changed=True)
    assert not daemon.listens()


@every_shell
def test_a_recycled_pid_is_not_the_service(daemon: Daemon) -> None:
    daemon.pidfile.write_text(f"{os.getpid()}\n")
    os.utime(daemon.pidfile, (time.time() - 86_400, time.time() - 86_400))
    assert daemon.get("state") == "stopped"
    assert daemon.do("reload").status == "failed"
    assert daemon.do("start").changed is True
    assert daemon.pid != os.getpid()


@every_shell
def test_a_clock_that_was_set_makes_no_stranger_of_our_own(daemon: Daemon) -> None:
    daemon.do("start")
    os.utime(daemon.pidfile, (time.time() - 86_400, time.time() - 86_400))
    assert daemon.get("state") == "running"


def test_a_service_that_others_started_is_known_by_its_age(daemon: Daemon) -> None:
    others = subprocess.Popen(["sh", "-c", daemon.host.services["echo"].start], start_new_session=True)
    deadline = time.monotonic() + 10
    while not daemon.pidfile.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert daemon.get("pid") == str(daemon.pid)
    assert daemon.do("stop").changed is True
    others.wait(10)


@every_shell
def test_a_pidfile_without_a_pid_names_nobody(daemon: Daemon) -> None:
    for content in ("", "no pid\n", "1\n", "-1\n", "0\n", "99999999999999999999\n"):
        daemon.pidfile.write_text(content)
        assert daemon.get("state") == "stopped"


@every_shell
def test_a_start_that_fails_shows_the_end_of_the_log(daemon: Daemon) -> None:
    broken = daemon.described(start="echo 'JWT_SECRET is too short'; exit 78")
    deed = broken.do("start")
    assert (deed.status, deed.message) == ("failed", "could not start")
    assert deed.quote == "echo did not start: its start command ended with exit 78"
    assert b"JWT_SECRET is too short" in daemon.stage.shown["err"]


def test_a_start_that_never_writes_its_pidfile_ends_at_its_deadline(daemon: Daemon) -> None:
    began = time.monotonic()
    deed = daemon.described(start="sleep 4").do("start", timeout=3.0)
    assert deed.status == "failed"
    assert "named no living process in time" in deed.quote
    assert time.monotonic() - began < 10


def test_a_service_inherits_no_params_of_the_run(daemon: Daemon) -> None:
    daemon.do("start")
    environment = Path(f"/proc/{daemon.pid}/environ").read_bytes()
    assert b"svc_" not in environment
    assert b"WATCHBOOK_ACT" not in environment


def test_a_log_that_cannot_be_written_is_named(daemon: Daemon) -> None:
    deed = daemon.described(log="/nowhere/echo.log").do("start")
    assert deed.quote.startswith("echo: its log /nowhere/echo.log cannot be written by")


def test_an_unknown_service_is_refused_with_what_was_looked_at(stage: Stage, shell: str) -> None:
    place = LocalReach().place(Host("local"))
    deed = Service.model_validate({"name": "no-such-thing", "do": "start"}).perform(stage.scene(place))
    assert deed.status == "failed"
    assert "nobody here keeps a service no-such-thing" in deed.quote
    reading = ServiceReading.model_validate({"name": "no-such-thing", "get": "state"}).read(stage.scene(place))
    assert reading.value is None
    assert "hosts.yaml (this host has no services: no-such-thing)" in reading.detail


@pytest.mark.parametrize("name", ["", "a b", "x;reboot", "all*", "-u", "$(id)", "é"])
def test_what_cannot_be_a_service_never_reaches_a_host(stage: Stage, name: str) -> None:
    place = LocalReach().place(Host("local"))
    deed = Service.model_validate({"name": "{{ unit }}", "do": "stop"}).perform(stage.scene(place, {"unit": name}))
    assert deed.status == "failed"
    assert "is not a service's name" in deed.message
