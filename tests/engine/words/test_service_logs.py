"""Which lines of a service's log are recent: by the time that stands in them, whatever the host's zone and shell."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.inventory.host import Host, ServiceEntry
from engine.reach.local import LocalReach
from engine.words.service import Service
from tests.support.scene import Stage


def read(stage: Stage, log: Path, **part: str | int) -> list[str]:
    entry = ServiceEntry("/nowhere/echo.pid", "false", str(log))
    place = LocalReach().place(Host("local", services={"echo": entry}))
    deed = Service.model_validate({"name": "echo", "get": "logs", **part}).perform(stage.scene(place))
    assert deed.status == "ok", deed
    return deed.stdout.splitlines()


def ago(minutes: float, zone: str = "UTC") -> datetime:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/New_York"])
def test_since_reads_every_kind_of_time(
    stage: Stage, shell: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    log = tmp_path / "log"
    lines = [
        "no time yet",
        f'{{"level":"INFO","time":"{ago(90):%Y-%m-%dT%H:%M:%S}.123Z","msg":"old, in UTC"}}',
        "  a line that belongs to it",
        f"[{ago(45, zone):%Y-%m-%d %H:%M:%S}] old, in local time",
        f"[{ago(10, zone):%Y-%m-%d %H:%M:%S}] new, in local time",
        "Traceback (most recent call last):",
        f"[{ago(5):%Y-%m-%d %H:%M:%S} +0000] [7] [INFO] new, with its zone",
        f'{{"time":"{ago(1):%Y-%m-%dT%H:%M:%S}Z"}}',
    ]
    log.write_text("\n".join(lines) + "\n")
    assert read(stage, log, since="30m") == [lines[0], *lines[4:]]
    assert read(stage, log, since="30m", lines=2) == lines[-2:]
    assert read(stage, log, lines=3) == lines[-3:]


def test_without_since_it_is_the_last_two_hundred(stage: Stage, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"{number}\n" for number in range(1000)))
    assert read(stage, log) == [str(number) for number in range(800, 1000)]


def test_a_log_that_is_not_there_is_named(stage: Stage) -> None:
    entry = ServiceEntry("/nowhere/echo.pid", "false", "/nowhere/echo.log")
    place = LocalReach().place(Host("local", services={"echo": entry}))
    deed = Service.model_validate({"name": "echo", "get": "logs"}).perform(stage.scene(place))
    assert (deed.status, deed.message) == ("failed", "could not read it")
    assert deed.quote.startswith("/nowhere/echo.log cannot be read by")
