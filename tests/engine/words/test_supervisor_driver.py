"""The supervisor driver against a real supervisord of our own."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.reach.place import Place
from engine.words.service import Service
from engine.words.word import Deed
from tests.support.scene import Stage

CONFIG = """
[unix_http_server]
file={folder}/s.sock
[supervisord]
nodaemon=true
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{folder}/s.sock
[program:echo]
command=/bin/sh -c 'echo up; trap "echo reloaded" HUP; while :; do sleep 0.1; done'
autostart=false
startsecs=0
redirect_stderr=true
stdout_logfile={folder}/echo.log
[program:broken]
command=/bin/sh -c 'echo JWT_SECRET is too short; exit 78'
autostart=false
startretries=0
"""


@pytest.fixture
def supervised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """`supervisorctl` on the path talks to a supervisord of this test."""
    supervisord, supervisorctl = shutil.which("supervisord"), shutil.which("supervisorctl")
    config = tmp_path / "supervisord.conf"
    config.write_text(CONFIG.format(folder=tmp_path))
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "supervisorctl").write_text(f'#!/bin/sh\nexec {supervisorctl} -c "{config}" "$@"\n')
    (folder / "supervisorctl").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    serving = subprocess.Popen([str(supervisord), "-c", str(config)], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while not (tmp_path / "s.sock").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield
    serving.terminate()
    serving.wait(10)


@pytest.mark.needs("supervisor")
def test_a_program_is_found_and_driven(supervised: None, stage: Stage, local: Place, tmp_path: Path) -> None:
    def service(**yaml: str | int) -> Deed:
        return Service.model_validate({"name": "echo", **yaml}).perform(stage.scene(local))

    assert service(get="state").stdout == "stopped\n"
    started = service(do="start")
    pid = service(get="pid").stdout.strip()
    assert started == Deed("ok", f"echo started, pid {pid}", changed=True)
    os.kill(int(pid), 0)
    assert service(do="start") == Deed("ok", "echo runs already", changed=False)
    first = service(get="started_at").stdout
    assert first.startswith("boot+")
    assert service(do="reload").changed is True
    assert service(do="restart").changed is True
    assert service(get="started_at").stdout != first
    assert "up" in service(get="logs", lines=5).stdout
    assert service(do="stop") == Deed("ok", "echo stopped", changed=True)


@pytest.mark.needs("supervisor")
def test_a_program_that_does_not_start_says_so(supervised: None, stage: Stage, local: Place) -> None:
    deed = Service.model_validate({"name": "broken", "do": "start"}).perform(stage.scene(local))
    assert (deed.status, deed.message) == ("failed", "could not start")
    assert deed.quote.startswith("broken: supervisorctl start failed, it is ")
    assert b"JWT_SECRET is too short" in stage.shown["err"]


@pytest.mark.needs("supervisor")
def test_all_is_nobodys_name(supervised: None, stage: Stage, local: Place) -> None:
    deed = Service.model_validate({"name": "all", "do": "stop"}).perform(stage.scene(local))
    assert deed.status == "failed"
    assert "no program all" in deed.quote
