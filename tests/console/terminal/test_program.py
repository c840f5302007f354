"""The front door from outside: pages, exit codes, errors in words and in JSON, and never a traceback."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.console.terminal.conftest import ASKS, PATIENCE, Door, lines

NO_FILE = """
version: 1
id: needs
title: Needs things
kind: check
owner: nobody
params:
  port: {type: integer, min: 1, max: 65535}
secrets:
  token: {from: "env:NOT_THERE_AT_ALL"}
steps:
  - {id: say, effect: read, run: 'echo "$port"'}
"""


def test_the_list_has_every_runbook_and_task(door: Door) -> None:
    door.book(ASKS)
    listed = door("--list")
    assert listed.returncode == 0
    for name in ("server-down", "asks", "demo", "run.resume", "incident.show", "book.lint", "dev.check"):
        assert f"  {name} " in listed.stdout
    assert max(map(len, listed.stdout.splitlines())) <= 80


def test_one_family_can_be_listed(door: Door) -> None:
    listed = door("--list", "run")
    assert "run.resume" in listed.stdout
    assert "server-down" not in listed.stdout
    assert door("--list", "nonsense").returncode == 2


def test_a_faulty_runbook_is_marked_and_says_everything_when_used(door: Door) -> None:
    path = door.book("version: 1\nid: broken\ntitle: B\nsteps:\n  - {id: a, runn: x}\nnonsense: 1\n")
    assert "cannot be used: line " in door("--list").stdout
    used = door("broken", "--hosts", "local", "--port", "1")
    assert used.returncode == 2
    assert f"{path}:5:" in used.stderr
    assert f"{path}:6:" in used.stderr
    assert f"./inv book.lint {path}" in used.stderr


def test_help_on_a_runbook_names_its_params(door: Door) -> None:
    page = door("server-down", "--help")
    assert page.returncode == 0
    for words in ("--unit", "default linguamate-backend", "--dry-run", "Backend server down", "owner"):
        assert words in page.stdout


def test_nothing_typed_is_help(door: Door) -> None:
    assert door().stdout == door("--help").stdout != ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["server-donw"], 2, "did you mean server-down?"),
        (["server-down", "--host", "x"], 2, "did you mean --hosts?"),
        (["server-down", "--hosts", "a", "b"], 2, "--hosts a,b"),
        (["server-down", "--hosts", "health", "restart"], 2, "joined by commas"),
        (["server-down", "--hosts", "nowhere"], 2, "no host or group is called 'nowhere'"),
        (["server-down", "--hosts", "local", "--port", "abc"], 2, "a whole number is expected, not 'abc'"),
        (["server-down", "--hosts", "local", "--port", "70000"], 2, "too large"),
        (["server-down", "--hosts", "local", "--unit", "a;b"], 2, "does not fit the pattern"),
        (["server-down", "--hosts", "local", "--incident", "ZZZZZ"], 2, "incident.list"),
        (["needs", "--hosts", "local"], 2, "needs a value for port"),
        (["needs"], 2, "--hosts local"),
        (["needs", "--hosts", "local", "--port", "1"], 2, "NOT_THERE_AT_ALL"),
        (["run.show", "ZZZZZ"], 2, "run.list"),
        (["run.resume"], 2, "There is no run yet"),
        (["run.answer", "--set", "novalue"], 2, "There is no run yet"),
        (["run.list", "--limit", "many"], 2, "--limit is a number"),
        (["incident.note", "words"], 2, "There is no incident yet"),
        (["incident.note"], 2, "needs TEXT"),
        (["incident.declare"], 2, "title is empty"),
        (["incident.declare", "--title", "x", "--severity", "P9"], 2, "P0, P1, P2, P3"),
        (["book.show", "server-donw"], 2, "did you mean server-down?"),
        (["book.lint", "--format", "xml"], 2, "human, json, github, sarif"),
        (["book.new", "Not An Id"], 2, "write not-an-id"),
        (["serve.backend", "--port", "0"], 2, "1 to 65535"),
    ],
)
def test_bad_input_is_explained(door: Door, words: list[str], code: int, said: str) -> None:
    door.book(NO_FILE)
    done = door(*words)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == "" or words[0] == "needs"


def test_a_port_that_is_taken_is_told(door: Door) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = door("serve.backend", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "is taken" in done.stderr


def test_a_word_that_is_also_a_task_is_not_run_as_one(door: Door) -> None:
    done = door("server-down", "--hosts", "local", "health")
    assert done.returncode == 2
    assert "RUN-" not in done.stdout


@pytest.mark.parametrize("words", [["server-donw", "--json"], ["server-down", "--json", "--hosts", "nowhere"]])
def test_errors_are_json_when_that_was_asked_for(door: Door, words: list[str]) -> None:
    done = door(*words)
    error, outcome = lines(done.stdout)
    assert error["schema"] == "watchbook/error/1"
    assert error["what"]
    assert error["next"]
    assert done.stdout.splitlines()[-1] == (
        '{"schema": "watchbook/outcome/1", "run": null, "incident": null, "outcome": "invalid", "exit": 2}'
    )
    assert done.returncode == outcome["exit"] == 2


def test_every_json_ends_with_an_outcome(door: Door) -> None:
    door("incident.declare", "--title", "x")
    door("needs", "--hosts", "local")
    for words in (["run.list"], ["incident.list"], ["incident.show"], ["book.list"], ["book.test", "health"]):
        last = lines(door(*words, "--json").stdout)[-1]
        assert (last["schema"], last["exit"]) == ("watchbook/outcome/1", 0), words


@pytest.mark.parametrize("what", ["ledger.db", "home"])
def test_a_home_that_cannot_be_used_is_explained(door: Door, what: str) -> None:
    if what == "home":
        door.home.write_text("a file")
    else:
        door.home.mkdir(mode=0o700)
        (door.home / "ledger.db").write_bytes(b"no database" * 1000)
    done = door("run.list")
    assert done.returncode in (1, 2)
    assert str(door.home) in done.stderr
    assert "Traceback" not in done.stderr


def test_what_nobody_foresaw_is_one_line_and_a_log(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.book(ASKS)
    (door.folder / "broken").mkdir()
    (door.folder / "broken" / "sqlalchemy.py").write_text("raise RuntimeError('made for this test')\n")
    door.extra["PYTHONPATH"] = str(door.folder / "broken")
    done = door("run.list")
    assert done.returncode == 1
    assert "made for this test" in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr
    log = door.home / "log" / "errors.log"
    assert str(log) in done.stderr
    assert "Traceback" in log.read_text()


def test_a_checkout_that_lacks_a_part_is_told_too(door: Door) -> None:
    (door.folder / "broken").mkdir()
    (door.folder / "broken" / "yaml.py").write_text("raise ImportError('no yaml here')\n")
    door.book(ASKS)
    door.extra["PYTHONPATH"] = str(door.folder / "broken")
    done = door("--list")
    assert done.returncode == 1
    assert "no yaml here" in done.stderr.splitlines()[0]
    assert "Traceback" not in done.stderr


def test_a_reader_that_leaves_is_no_error(door: Door) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        done = subprocess.run(
            door.command("--list"),
            env=door.environment,
            stdout=gone,
            stderr=subprocess.PIPE,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_dry_run_touches_nothing(door: Door) -> None:
    marker = door.folder / "touched"
    door.book(ASKS.replace("""'printf "%s" "$word"'""", f"'touch {marker}'"))
    done = door("asks", "--hosts", "local", "--dry-run")
    assert done.returncode == 0
    assert f"touch {marker}" in done.stdout
    assert not marker.exists()
    assert not (door.home / "ledger.db").exists()
    planned = lines(door("asks", "--hosts", "local", "--dry-run", "--json").stdout)
    assert [line["path"] for line in planned[:-1]] == ["say", "think", "after"]
    assert planned[-1]["outcome"] == "planned"


def test_plain_invoke_works_too(door: Door) -> None:
    root = Path(door.command()[1]).parent
    invoke = Path(door.command()[0]).with_name("invoke")
    door.book(ASKS)
    done = subprocess.run(
        [invoke, "asks", "--hosts", "local", "--word", "plain", "--no-input"],
        cwd=root,
        env=door.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 4
    assert "plain" in done.stderr


def test_books_can_be_written_linted_tested_and_shown(door: Door) -> None:
    schema = json.loads(door("book.schema").stdout)
    assert schema["title"]
    assert door("book.lint", "server-down", "health").returncode == 0
    assert "ok     health" in door("book.test", "health").stdout
    shown = door("book.show", "health").stdout
    assert shown == (Path(door.command()[1]).parent / "runbooks/server/health.yaml").read_text()
    bad = door.book("version: 1\nid: bad\n")
    found = door("book.lint", str(bad), "--format", "github")
    assert found.returncode == 1
    assert found.stdout.startswith("::error file=")
    assert json.loads(door("book.lint", str(bad), "--format", "sarif").stdout)["version"] == "2.1.0"
    failing = door.book(
        (Path(door.command()[1]).parent / "runbooks/server/health.yaml")
        .read_text()
        .replace("id: health", "id: ill")
        .replace("outcome: failed", "outcome: succeeded")
    )
    tested = door("book.test", str(failing))
    assert tested.returncode == 1
    assert "the outcome is failed, expected succeeded" in tested.stdout


def test_records_can_be_kept_by_hand(door: Door) -> None:
    declared = door("incident.declare", "--title", "Disk nearly full", "--severity", "p1")
    incident = declared.stdout.split()[0]
    assert door("incident.note", "it grew \x1b[2J overnight", "--incident", incident[-5:].lower()).returncode == 0
    shown = door("incident.show", incident[-5:])
    assert "Disk nearly full" in shown.stdout
    assert "it grew" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert incident in door("incident.list").stdout
    path = Path(door("incident.report").stdout.strip())
    assert "Disk nearly full" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    assert door("incident.report", "--out", "-").stdout == path.read_text()
