"""A book's own tests: what they can say, and that each of them can fail."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.language.library import Library
from engine.rehearse import CaseResult, rehearse

BOOK = """version: 1
id: heal
title: Heal
params:
  port: {type: integer, default: 80}
secrets:
  token: {from: "env:NEVER_SET_ANYWHERE"}
hosts: {group: web}
checks:
  healthy: {http: {get: "http://127.0.0.1/"}}
steps:
  - {id: look, guide: Look at it., input: {bad: {type: bool}}, unattended: skip}
  - id: restart
    run: systemctl restart it
    when: not healthy
    witness: {run: cat /run/it.started, changed: true}
    outputs: {took: {type: integer, pattern: "took ([0-9]+)", default: 0}}
    verify: {check: healthy, within: 60s, every: 1s, stay: 5s}
    retry: {times: 1, delay: 1h}
    rollback: {run: systemctl stop it}
    on_failure: rollback
  - {id: tell, notify: {to: [oncall], message: "took {{ took }}"}, per: host, when: took > 3}
tests:
  - name: case
"""


def run(folder: Path, case: str) -> CaseResult:
    """The result of one case of the book above."""
    body = "".join(f"    {line}\n" for line in case.strip().splitlines())
    (folder / "heal.yaml").write_text(BOOK + body)
    library = Library([folder])
    (result,) = rehearse(library.find("heal"), library)
    return result


DOWN = "hosts: {web-1: {healthy: [false, false, true]}}\n"
PASSING = {
    "it heals": DOWN + "expect: {outcome: succeeded, ran: [restart], skipped: [look, tell], asked: []}",
    "it is up": "hosts: {web-1: {healthy: true}}\nexpect: {not_ran: [restart], skipped: [restart]}",
    "an output decides": "hosts: {web-1: {healthy: [false, true], restart: {stdout: took 5}}}\nexpect: {ran: [tell]}",
    "a person answers": DOWN + "answers: {look: {values: {bad: true}}}\nexpect: {asked: [look], outcome: succeeded}",
    "nobody answers": DOWN + "answers: {'restart@web-1#1': retry}\nexpect: {asked: [look], outcome: waiting}",
    "retry": "hosts: {web-1: {healthy: [false, true], restart: [{exit: 1}, {exit: 0}]}}\nexpect: {outcome: succeeded}",
    "way back": "hosts: {web-1: {healthy: false}}\nexpect: {outcome: rolled_back, ran: [restart, restart.rollback]}",
    "silence": (
        "hosts: {web-1: {healthy: false, restart: {after: 2m}}}\n"
        "expect: {statuses: {restart: timed_out, restart.rollback: rolled_back}}"
    ),
    "a host is gone": (
        "hosts: {web-1: {healthy: [false, true]}, web-2: {healthy: false, restart: {ended: unreachable}}}\n"
        "expect: {statuses: {restart: {web-1: changed, web-2: unreachable}}}"
    ),
    "lost in the act": "hosts: {web-1: {healthy: false, restart: {ended: unknown}}}\nexpect: {outcome: unknown}",
    "undecided": "hosts: {web-1: {healthy: null}}\nexpect: {not_ran: [restart], outcome: rolled_back}",
}


@pytest.mark.parametrize("name", PASSING)
def test_what_a_case_can_say(tmp_path: Path, name: str) -> None:
    assert run(tmp_path, PASSING[name]).problems == ()


FAILING = {
    "outcome: failed": "the outcome is succeeded, expected failed",
    "ran: [tell]": "ran restart; expected tell among them",
    "not_ran: [restart]": "restart ran, and should not have",
    "skipped: [restart]": "restart was not skipped on any host",
    "asked: [look]": "asked nothing; expected look",
    "statuses: {restart: failed}": "restart on web-1 is changed, expected failed",
    "statuses: {restart: {web-9: changed}}": "restart on web-9 is never reached, expected changed",
}


@pytest.mark.parametrize("expected", FAILING)
def test_every_expectation_can_fail_and_says_how(tmp_path: Path, expected: str) -> None:
    (problem,) = run(tmp_path, f"{DOWN}expect: {{{expected}}}").problems
    assert FAILING[expected] in problem


def test_a_case_that_cannot_be_planned_says_why(tmp_path: Path) -> None:
    (problem,) = run(tmp_path, "params: {port: high}\nexpect: {outcome: succeeded}").problems
    assert "a whole number is expected" in problem


def test_rehearsed_hours_take_no_time(tmp_path: Path) -> None:
    began = time.monotonic()
    run(tmp_path, PASSING["retry"])
    assert time.monotonic() - began < 60


def test_nothing_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def touched(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr("subprocess.Popen.__init__", touched)
    assert run(tmp_path, PASSING["it heals"]).passed
