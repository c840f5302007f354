"""The demo, whole: two at once, one that is kept, one that is interrupted; nothing of it stays running."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.console.terminal.conftest import Door, lines, read_until
from tests.support.backend import free_port

pytestmark = pytest.mark.timeout(400)
"""The first demo on a machine sets up the backend's environment, over the network."""


def processes_of(folder: Path) -> list[int]:
    """The living processes that know this folder by their environment or their command line."""
    mark = str(folder).encode()
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and mark in (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            continue
    return [pid for pid in found if pid != os.getpid()]


@pytest.fixture
def doors(tmp_path: Path) -> list[Door]:
    made = [Door(tmp_path / name) for name in ("one", "two")]
    for door in made:
        door.folder.mkdir()
    return made


def test_two_at_once_both_heal_their_backend(doors: list[Door]) -> None:
    started = [
        subprocess.Popen(
            door.command("demo", "--json"),
            cwd=door.folder,
            env=door.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        for door in doors
    ]
    said = [process.communicate(timeout=300)[0] for process in started]
    for door, process, text in zip(doors, started, said, strict=True):
        assert process.returncode == 0, text
        told = lines(text)
        parts = {str(line["step"]): str(line["text"]) for line in told if line["schema"] == "watchbook/demo/1"}
        assert list(parts) == ["up", "killed", "dead", "healed", "stopped"]
        assert parts["killed"].count(",") >= 2
        assert "restart: changed" in text
        written = [str(line["path"]) for line in told if line["schema"] == "watchbook/report/1"]
        assert "# " in Path(written[0]).read_text()
        outcome = told[-1]
        assert (outcome["schema"], outcome["outcome"], outcome["exit"]) == ("watchbook/outcome/1", "succeeded", 0)
        assert any(line["schema"] == "watchbook/timeline/1" for line in told)
        assert processes_of(door.folder) == []
        home = next((door.home / "demos").iterdir())
        door.extra = {"WATCHBOOK_HOME": str(home)}
        assert str(outcome["run"]) in door("run.list").stdout
        assert "run succeeded" in door("incident.show", str(outcome["incident"])).stdout


def test_a_kept_backend_stays_and_can_be_healed_again(door: Door) -> None:
    said = door("demo", "--keep").stdout
    try:
        told = dict(line.split(maxsplit=1) for line in said.splitlines() if line[:8].strip())
        home, hosts = (word.partition("=")[2] for word in told["use"].split()[1:])
        door.extra = {"WATCHBOOK_HOME": home, "WATCHBOOK_HOSTS": hosts}
        assert door("health").returncode == 0
        subprocess.run(["sh", "-c", told["break"]], check=True)
        assert door("health").returncode == 1
        assert told["heal"] == "./inv server-down"
        assert door("server-down").returncode == 0
        assert door("health").returncode == 0
        subprocess.run(["sh", "-c", told["stop"]], check=True)
    finally:
        for pid in processes_of(door.folder):
            os.kill(pid, signal.SIGTERM)


@pytest.mark.parametrize(
    ("moment", "number"),
    [("up ", signal.SIGINT), ("up ", signal.SIGHUP), ("▸ Restart the service", signal.SIGTERM)],
)
def test_an_interrupted_demo_leaves_nothing_running(door: Door, moment: str, number: signal.Signals) -> None:
    process = door.start("demo")
    read_until(process, moment)
    process.send_signal(number)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert processes_of(door.folder) == []


def test_a_backend_that_cannot_start_is_told(door: Door, tmp_path: Path) -> None:
    door.extra = {"HOST": "192.0.2.1"}
    done = door("demo")
    assert done.returncode == 1
    assert "The backend did not start." in done.stderr
    assert "service.log" in done.stderr
    assert processes_of(door.folder) == []


def test_a_served_backend_answers_until_it_is_told_to_end(door: Door) -> None:
    port = free_port()
    process = door.start("serve.backend", "--port", str(port))
    try:
        read_until(process, "Listening")
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/api/")
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0
