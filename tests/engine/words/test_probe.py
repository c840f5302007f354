"""Probes against a real server, real ports and real commands: what they decide, and how they say it."""

import shutil
import socket
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.inventory.host import Host, ServiceEntry
from engine.primitives.values import Value
from engine.reach.local import LocalReach
from engine.reach.place import Completed, Place, Response
from engine.words.probe import Probe
from engine.words.word import Observation
from tests.engine.words.conftest import Web
from tests.support.scene import Scripted, Stage, exited


def look(stage: Stage, place: Place, yaml: object, **names: Value) -> Observation:
    return Probe.model_validate(yaml).observe(stage.scene(place, names))


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        ({}, ""),
        ({"status": [200, 204], "json": {"status": "ok"}}, ""),
        ({"json": {"status": "ok", "checks": {"db": True}, "items": [1, {"a": 2}]}}, ""),
        ({"json": {"version": "{{ version }}", "size": "{{ size }}"}}, ""),
        ({"body": '"status": "o.*"', "headers": {"CONTENT-TYPE": "^application/json$"}}, ""),
        ({"status": 204}, ", expected 204"),
        ({"json": {"status": "degraded"}}, ", status is 'ok', expected 'degraded'"),
        ({"json": {"checks": {"db": 1}}}, ", checks.db is True, expected 1"),
        ({"json": {"checks": {"redis": True}}}, ", checks.redis is missing"),
        ({"json": {"items": [1]}}, ", items is a list of 2, expected a list of 1"),
        ({"json": {"size": "7 "}}, ", size is 7, expected '7 '"),
        ({"body": "healthy"}, ", the body has no healthy"),
        ({"headers": {"x-version": "."}}, ", header x-version is missing, expected ."),
    ],
)
def test_http_expectations(stage: Stage, local: Place, web: Web, expect: dict[str, object], said: str) -> None:
    web.says(
        "/api/",
        200,
        {"status": "ok", "checks": {"db": True}, "items": [1, {"a": 2, "b": 3}], "version": "1", "size": 7},
    )
    yaml = {"http": {"get": "http://127.0.0.1:{{ port }}/api/", "expect": expect}}
    seen = look(stage, local, yaml, port=web.port, version="1", size=7)
    assert seen.detail == f"GET http://127.0.0.1:{web.port}/api/ -> 200{said}"
    assert seen.passed is not bool(said)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[" * 200_000, b'{"a": NaN}', b"\xff\xfe{}", b"1" * 5000])
def test_hostile_json_is_a_no(stage: Stage, local: Place, web: Web, body: bytes) -> None:
    web.answers["/"] = (200, {}, body)
    seen = look(stage, local, {"http": {"get": f"http://127.0.0.1:{web.port}/", "expect": {"json": {"a": 1}}}})
    assert seen.passed is False
    assert "-> 200, the body is" in seen.detail


def test_nobody_answering_is_a_no_with_its_reason(stage: Stage, local: Place) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    seen = look(stage, local, {"http": {"get": "http://127.0.0.1:{{ port }}/api/"}}, port=port)
    assert seen.passed is False
    assert seen.reached
    assert "onnection refused" in seen.detail


def test_a_host_that_cannot_be_reached_decides_nothing(stage: Stage) -> None:
    place = Scripted(Response(0, {}, b"", 1.0, "web-1: no route", reached=False))
    seen = look(stage, place, {"http": {"get": "http://127.0.0.1/"}})
    assert (seen.passed, seen.reached) == (None, False)
    place = Scripted(Completed("unreachable", None, 1.0, message="web-1: no route"))
    seen = look(stage, place, {"run": "true"})
    assert (seen.passed, seen.reached, seen.detail) == (None, False, "true -> web-1: no route")


def test_values_are_encoded_for_where_they_stand(stage: Stage, local: Place, web: Web) -> None:
    yaml = {
        "http": {"get": "{{ base }}/find?q={{ word }}", "headers": {"X-Who": "{{ who }}"}, "expect": {"status": 404}}
    }
    base = f"http://127.0.0.1:{web.port}"
    assert look(stage, local, yaml, base=base, word="a&b=c/../é", who="me").passed
    assert web.heard[0][1] == "/find?q=a%26b%3Dc%2F..%2F%C3%A9"
    assert web.heard[0][2]["X-Who"] == "me"
    for bad in ({"base": "file:///etc"}, {"who": "me\r\nX-Evil: 1"}, {"who": ""} | {"base": "javascript:1"}):
        seen = look(stage, local, yaml, **{"base": base, "word": "x", "who": "me", **bad})
        assert seen.passed is None
    assert len(web.heard) == 1


def test_a_port(stage: Stage, local: Place, shell: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as open_port:
        port = open_port.getsockname()[1]
        assert look(stage, local, {"port": {"number": "{{ port }}"}}, port=port).passed
        seen = look(stage, local, {"port": {"number": port, "is": "closed"}})
        assert (seen.passed, seen.detail) == (False, f"127.0.0.1:{port} is open, expected closed")
    seen = look(stage, local, {"port": {"number": port}})
    assert (seen.passed, seen.detail) == (False, f"127.0.0.1:{port} is closed (Connection refused), expected open")


@pytest.mark.needs("bash")
@pytest.mark.parametrize("tools", [("python3",), ("bash", "timeout"), ()], ids=lambda tools: "+".join(tools))
def test_a_port_with_whatever_can_connect(
    stage: Stage, local: Place, tools: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for tool in ("sh", *tools):
        (tmp_path / tool).symlink_to(sys.executable if tool == "python3" else str(shutil.which(tool)))
    monkeypatch.setenv("PATH", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as open_port:
        port = open_port.getsockname()[1]
        was_open = look(stage, local, {"port": {"number": port}})
    was_closed = look(stage, local, {"port": {"number": port}})
    assert (was_open.passed, was_closed.passed) == ((True, False) if tools else (None, None))
    assert tools or "install python3 or bash" in was_open.detail


@pytest.mark.parametrize("number", ["0", "65536", "http", "80; reboot", "९"])
def test_what_is_no_port_decides_nothing(stage: Stage, local: Place, number: str) -> None:
    seen = look(stage, local, {"port": {"number": "{{ port }}"}}, port=number)
    assert seen.passed is None
    assert "is not a port" in seen.detail


@pytest.mark.parametrize(
    ("run", "passed", "detail"),
    [
        ("true", True, "true -> exit 0"),
        ("false", False, "false -> exit 1, expected 0"),
        ({"command": "exit 3", "exit": [0, 3]}, True, "exit 3 -> exit 3"),
        ({"command": 'echo "$unit"', "stdout": "^we+b$"}, True, 'echo "$unit" -> exit 0'),
        ({"command": "echo", "stdout": "web"}, False, "echo -> exit 0, but its output has no web"),
    ],
)
def test_a_command(stage: Stage, local: Place, run: object, passed: bool, detail: str) -> None:
    seen = look(stage, local, {"run": run}, unit="web")
    assert (seen.passed, seen.detail) == (passed, detail)


def test_a_command_that_hangs_decides_nothing_in_its_time(stage: Stage, local: Place) -> None:
    seen = look(stage, local, {"run": {"command": "sleep 9", "timeout": "200ms"}})
    assert seen.passed is None
    assert seen.reached
    assert seen.seconds < 5


def test_a_service(stage: Stage) -> None:
    host = Host("local", services={"echo": ServiceEntry("/nowhere/echo.pid", "false")})
    seen = look(stage, LocalReach().place(host), {"service": {"name": "{{ unit }}"}}, unit="echo")
    assert (seen.passed, seen.detail) == (False, "service echo is stopped, expected running")
    seen = look(stage, LocalReach().place(host), {"service": {"name": "other"}})
    assert seen.passed is None
    assert "nobody here keeps a service other" in seen.detail
    seen = look(stage, Scripted(exited(0, "running\n")), {"service": {"name": "echo", "is": "running"}})
    assert (seen.passed, seen.detail) == (True, "service echo is running")


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ({}, "exactly one of http, run, service, port is needed, none is given"),
        ({"run": "true", "port": {"number": 1}}, "run and port are given"),
        ({"http": {}}, "exactly one of get, head is needed, none is given"),
        ({"http": {"post": "http://x/"}}, "Extra inputs are not permitted"),
        ({"http": {"get": "http://x/", "expect": {"status": True}}}, "valid integer"),
        ({"http": {"get": "http://x/", "expect": {"json": {}}}}, "at least 1 item"),
        ({"http": {"get": "http://x/", "expect": {"body": "("}}}, "is not closed"),
        ({"http": {"get": "http://x/", "headers": {"a b": "c"}}}, "pattern"),
    ],
)
def test_wrong_probes_are_refused(yaml: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Probe.model_validate(yaml)
