"""Runs as a person has them: started, parked, answered, resumed, stopped, killed and followed, in real processes."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.console.terminal.conftest import ASKS, SLOW, Door, lines, read_until

FLOOD = """
version: 1
id: flood
title: Says much
kind: check
owner: nobody
steps:
  - {id: many, effect: read, run: 'seq 1 5000'}
  - id: bad
    effect: read
    run: printf '\\033[2J\\033]0;owned\\007 \\302\\233 \\342\\200\\256 \\377 \\r x\\n'
  - {id: long, effect: read, run: 'head -c 300000 /dev/zero | tr "\\0" x'}
"""

FAILS = """
version: 1
id: fails
title: Fails
kind: check
owner: nobody
params:
  how: {type: choice, choices: [stop, ask], default: stop}
steps:
  - {id: no, effect: read, run: 'exit 3'}
"""


def test_a_run_says_its_id_first_and_what_to_type_last(door: Door) -> None:
    door.book(ASKS)
    done = door("asks", "--hosts", "local")
    assert done.returncode == 4
    first, *_, last = done.stdout.splitlines()
    run = first.split()[0]
    assert run.startswith("RUN-")
    assert last == f"  next    ./inv run.resume {run}"
    assert f"./inv run.answer {run} --question think" in done.stdout
    assert "--set finding=… --set sure=…" in done.stdout


def test_a_parked_run_is_answered_and_finished_elsewhere(door: Door) -> None:
    door.book(ASKS)
    run = door("asks", "--hosts", "local").stdout.split()[0]
    assert "waiting" in door("run.list").stdout
    short = run[-5:].lower()
    refused = door("run.answer", short, "--set", "finding=x", "--set", "sure=maybe")
    assert refused.returncode == 5
    assert "true or false is expected" in refused.stderr
    assert door("run.answer", short, "--set", "finding=a 'b' $c", "--set", "sure=yes").returncode == 0
    again = door("run.answer", short, "--question", "think", "--set", "finding=y", "--set", "sure=no")
    assert again.returncode == 5
    assert "already answered by" in again.stderr
    (door.folder / "books" / "asks.yaml").unlink()
    resumed = door("run.resume", short)
    assert resumed.returncode == 0
    assert resumed.stdout.startswith(run)
    assert door("run.show", short, "--step", "after").stdout == "a 'b' $c/true"
    over = door("run.resume", short)
    assert over.returncode == 5
    assert "already ended: succeeded" in over.stderr


def test_a_run_in_json_is_one_object_a_line(door: Door) -> None:
    door.book(ASKS)
    done = door("asks", "--hosts", "local", "--json", '--word=it\'s\n"two" lines')
    told = lines(done.stdout)
    assert (told[0]["schema"], told[0]["book"]) == ("watchbook/run/1", "asks")
    kinds = [line["kind"] for line in told if line["schema"] == "watchbook/event/1"]
    assert kinds == ["RunStarted", "StepStarted", "StepFinished", "QuestionAsked", "RunParked"]
    assert list(told[-1]) == ["schema", "run", "incident", "outcome", "exit"]
    assert (told[-1]["run"], told[-1]["outcome"], told[-1]["exit"]) == (told[0]["run"], "waiting", 4)
    assert done.stderr == ""
    assert door("run.show", "--step", "say").stdout == 'it\'s\n"two" lines'


@pytest.mark.parametrize("value", ["--yes", "", "\"'`id`$(id);\n\t\\ ß日\x1b[2J -n %s", "x" * 100_000])
def test_a_hostile_value_reaches_the_command_as_it_is(door: Door, value: str) -> None:
    door.book(ASKS)
    assert door("asks", "--hosts", "local", f"--word={value}").returncode == 4
    assert door("run.show", "--step", "say").stdout == value


def test_yes_reads_guides_but_gives_no_answers(door: Door) -> None:
    door.book(ASKS)
    assert door("asks", "--hosts", "local", "--yes").returncode == 4
    door.book(ASKS.replace("    input: {finding: {type: text}, sure: {type: bool}}\n", "").replace("$finding/", ""))
    done = door("asks", "--hosts", "local", "--yes")
    assert done.returncode == 0
    assert "--yes" in door("incident.show").stdout


def test_a_failed_run_exits_1(door: Door) -> None:
    door.book(FAILS)
    done = door("fails", "--hosts", "local")
    assert done.returncode == 1
    assert "exit 3" in done.stderr
    door.book(FAILS.replace("run: 'exit 3'", "run: 'exit 3', on_failure: ask"))
    assert door("fails", "--hosts", "local").returncode == 4


def test_a_run_can_join_an_open_record(door: Door) -> None:
    door.book(FAILS)
    incident = door("incident.declare", "--title", "All is slow").stdout.split()[0]
    told = lines(door("fails", "--hosts", "local", "--incident", incident[-5:], "--json").stdout)
    assert told[-1]["incident"] == incident
    assert "All is slow" in door("incident.show", incident).stdout
    assert len(door("incident.list").stdout.splitlines()) == 1


def test_hostile_output_cannot_reach_the_terminal(door: Door) -> None:
    door.book(FLOOD)
    done = door("flood", "--hosts", "local")
    assert done.returncode == 0
    shown = done.stdout + done.stderr
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert "owned" in shown
    assert "… 4,980 more lines: ./inv run.show RUN-" in shown
    assert max(map(len, done.stderr.splitlines())) <= 80
    assert door("run.show", "--step", "many").stdout == "".join(f"{number}\n" for number in range(1, 5001))
    assert len(door("run.show", "--step", "long").stdout) == 300_000


def test_a_ledger_that_fails_under_way_lets_go_of_the_run_in_words(door: Door) -> None:
    door.book(FAILS.replace("'exit 3'", "'head -c 900000 /dev/urandom | od -A n -t x1'"))
    door("run.list")
    limited = subprocess.run(
        door.command("fails", "--hosts", "local"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (250_000, 250_000)),
        env=door.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert limited.returncode == 7
    assert "Traceback" not in limited.stderr
    assert "./inv run.resume RUN-" in limited.stderr.splitlines()[-1]
    assert door("run.resume").returncode == 0
    assert len(door("run.show", "--step", "no").stdout) > 2_500_000


def test_a_killed_run_is_unknown_and_asks_what_happened(door: Door) -> None:
    door.book(SLOW)
    process = door.start("slow", "--hosts", "local")
    run = read_until(process, "begun").split()[0]
    process.kill()
    process.wait()
    shown = door("run.show", run)
    assert "unknown" in shown.stdout.splitlines()[0]
    assert "running" not in shown.stdout
    assert "failed" not in shown.stdout
    assert json.loads(door("run.list", "--json").stdout.splitlines()[0])["status"] == "unknown"
    resumed = door("run.resume", run)
    assert resumed.returncode == 4
    assert "Did it happen?" in resumed.stdout
    assert "sleep 60" in resumed.stdout
    assert "'happened|retry|stop'" in resumed.stdout
    assert door("run.answer", run, "--choice", "perhaps").returncode == 5
    assert door("run.answer", run, "--choice", "happened").returncode == 0
    assert door("run.resume", run).returncode == 0
    assert door("run.show", run, "--step", "then").stdout == "then\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_first_signal_stops_the_run_properly(door: Door, number: signal.Signals) -> None:
    door.book(SLOW)
    process = door.start("slow", "--hosts", "local")
    read_until(process, "begun")
    began = time.monotonic()
    process.send_signal(number)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert time.monotonic() - began < 20
    assert "Stopping" in said
    assert "│ last" in said
    assert "▸ then" not in said
    assert json.loads(door("run.list", "--json").stdout.splitlines()[0])["status"] == "stopped"


def test_a_second_signal_leaves_at_once_and_says_what_is_unknown(door: Door) -> None:
    door.book(SLOW.replace("echo begun; sleep 60", "trap '' TERM; echo begun; sleep 60 & wait; sleep 60"))
    process = door.start("slow", "--hosts", "local")
    read_until(process, "begun")
    process.send_signal(signal.SIGINT)
    read_until(process, "Stopping")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=5)
    assert process.returncode == 130
    assert "Unknown from here on: wait on local" in said
    assert "./inv run.resume RUN-" in said.splitlines()[-1]
    assert json.loads(door("run.list", "--json").stdout.splitlines()[0])["status"] == "unknown"


def test_a_hang_up_does_not_end_the_run(door: Door) -> None:
    door.book(SLOW.replace("sleep 60", "sleep 2"))
    process = door.start("slow", "--hosts", "local")
    read_until(process, "begun")
    process.send_signal(signal.SIGHUP)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "over" not in said
    assert door("run.show", "--step", "wait").stdout == "begun\nover\n"


def test_a_run_goes_on_when_nobody_reads_it_any_more(door: Door) -> None:
    door.book(SLOW.replace("sleep 60", "sleep 1"))
    process = door.start("slow", "--hosts", "local")
    read_until(process, "begun")
    assert process.stdout is not None
    process.stdout.close()
    process.wait(timeout=30)
    assert json.loads(door("run.list", "--json").stdout.splitlines()[0])["status"] == "succeeded"


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_a_run_ends_well_though_its_reader_left(door: Door, flags: list[str]) -> None:
    door.book(SLOW.replace("sleep 60", "sleep 1"))
    reading, writing = os.pipe()
    process = subprocess.Popen(
        door.command("slow", "--hosts", "local", *flags), env=door.environment, stdout=writing, stderr=subprocess.PIPE
    )
    os.close(writing)
    os.read(reading, 10)
    os.close(reading)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert b"Traceback" not in told
    assert b"rror" not in told
    assert door("run.show", "--step", "then").stdout == "then\n"


def test_a_finished_run_has_a_report(door: Door) -> None:
    door.book(FAILS)
    done = door("fails", "--hosts", "local")
    [row] = [line for line in done.stdout.splitlines() if line.startswith("  report  ")]
    assert "exit 3" in Path(row.split()[1]).read_text()


def test_another_process_can_stop_and_follow_a_run(door: Door) -> None:
    door.book(SLOW)
    process = door.start("slow", "--hosts", "local")
    run = read_until(process, "begun").split()[0]
    assert "running" in door("run.show", run).stdout
    taken = door("run.resume", run)
    assert taken.returncode == 5
    assert str(process.pid) in taken.stderr
    follower = door.start("run.follow", run)
    read_until(follower, "│ begun")
    assert door("run.stop", run, "--reason", "enough of it").returncode == 0
    said, _ = follower.communicate(timeout=30)
    assert follower.returncode == 3
    assert "enough of it" in said
    assert "│ last" in said
    process.communicate(timeout=30)
    assert process.returncode == 3


def test_following_a_run_that_is_over_shows_all_of_it(door: Door) -> None:
    door.book(ASKS)
    door("asks", "--hosts", "local")
    followed = door("run.follow")
    assert followed.returncode == 4
    assert "│ hello" in followed.stderr
    assert "think asks" in followed.stderr


def test_the_home_is_closed_to_others(door: Door) -> None:
    door.book(FAILS)
    door("fails", "--hosts", "local")
    assert door.home.stat().st_mode & 0o077 == 0
