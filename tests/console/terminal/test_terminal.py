"""At a real terminal: prompts, colours, widths; typed as a person types."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from tests.console.terminal.conftest import ASKS, Door, Terminal

Open = Callable[..., Terminal]
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
FAILS = """
version: 1
id: flaky
title: Fails once
kind: check
owner: nobody
params:
  file: {type: string}
steps:
  - {id: once, title: Once, run: 'test -e "$file" || { touch "$file"; exit 7; }', on_failure: ask}
"""


def plain(text: str) -> str:
    return ESCAPE.sub("", text).replace("\r", "")


def test_a_guide_is_answered_at_the_prompt(door: Door, terminal: Open) -> None:
    door.book(ASKS)
    at = terminal("asks", "--hosts", "local", "--word", "it")
    assert "What of it?" in plain(at.until("done / skip [done]: "))
    at.type("nonsense\n")
    assert "Type one of: done, skip" in plain(at.until("done / skip [done]: "))
    at.type("\n")
    at.until("finding (text): ")
    at.type("\n")
    assert "an answer is needed" in at.until("finding (text): ")
    at.type("full disk\n")
    at.until("sure (yes/no): ")
    at.type("perhaps\n")
    assert "true or false is expected" in at.until("sure (yes/no): ")
    at.type("yes\n")
    code, said = at.end()
    assert code == 0
    assert "full disk/true" in plain(said)


def test_a_guide_can_be_skipped(door: Door, terminal: Open) -> None:
    door.book(ASKS.replace("sure: {type: bool}", "sure: {type: bool}").replace("$finding/", "").replace("%s/%s", "%s"))
    at = terminal("asks", "--hosts", "local")
    at.until("[done]: ")
    at.type("s\n")
    _, said = at.end()
    assert "think: skip" in plain(said)


def test_ctrl_c_at_a_prompt_leaves_the_question_open(door: Door, terminal: Open) -> None:
    door.book(ASKS)
    at = terminal("asks", "--hosts", "local")
    at.until("[done]: ")
    at.type("\x03")
    code, said = at.end()
    assert code == 4
    assert "./inv run.resume RUN-" in plain(said).splitlines()[-1]
    assert "waiting" in door("run.list").stdout


def test_ctrl_d_at_a_prompt_leaves_the_question_open(door: Door, terminal: Open) -> None:
    door.book(ASKS)
    at = terminal("asks", "--hosts", "local")
    at.until("[done]: ")
    at.type("\n")
    at.until("(text): ")
    at.type("\x04")
    assert at.end()[0] == 4


def test_a_failure_is_asked_about_even_with_yes(door: Door, terminal: Open) -> None:
    door.book(FAILS)
    at = terminal("flaky", "--hosts", "local", "--yes", "--file", str(door.folder / "marker"))
    shown = plain(at.until("retry / continue / stop / rollback: "))
    assert "exit: 7" in shown
    at.type("\n")
    at.until("Type one of")
    at.until("rollback: ")
    at.type("r\n")
    at.until("Type one of")
    at.until("rollback: ")
    at.type("ret\n")
    code, said = at.end()
    assert code == 0
    assert "(attempt 2)" in plain(said)


def test_a_lost_terminal_leaves_the_question_open(door: Door, terminal: Open) -> None:
    door.book(ASKS)
    at = terminal("asks", "--hosts", "local")
    at.until("[done]: ")
    at.hang_up()
    until = time.monotonic() + 30
    while "waiting" not in door("run.list").stdout:
        assert time.monotonic() < until


def test_no_input_asks_nobody_even_at_a_terminal(door: Door, terminal: Open) -> None:
    door.book(ASKS)
    assert terminal("asks", "--hosts", "local", "--no-input").end()[0] == 4


def test_ctrl_c_in_a_step_stops_the_run(door: Door, terminal: Open) -> None:
    door.book("version: 1\nid: nap\ntitle: Nap\nsteps:\n  - {id: nap, run: 'echo begun; sleep 60'}\n")
    at = terminal("nap", "--hosts", "local")
    at.until("│ ")
    at.until("begun")
    at.type("\x03")
    code, said = at.end()
    assert code == 130
    assert "Stopping" in said


def test_colours_are_for_terminals_that_want_them(door: Door, terminal: Open) -> None:
    door.book(ASKS)
    assert ESCAPE.search(terminal("asks", "--hosts", "local", "--no-input").end()[1])
    for without in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        door.extra = without
        assert "\x1b" not in terminal("asks", "--hosts", "local", "--no-input").end()[1]
    door.extra = {}
    assert "\x1b" not in door("asks", "--hosts", "local").stderr


def test_a_narrow_terminal_is_not_overrun(door: Door, terminal: Open) -> None:
    door.book(ASKS)
    said = plain(terminal("asks", "--hosts", "local", "--no-input", "--word", "w" * 200, columns=40).end()[1])
    live = [line for line in said.splitlines() if line.startswith("local ")]
    assert live
    assert max(map(len, live)) <= 40


def test_a_terminal_without_unicode_gets_ascii(door: Door) -> None:
    door.book(ASKS)
    door.extra = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = door("asks", "--hosts", "local")
    assert done.returncode == 4
    assert done.stderr.isascii()
    assert "> Say it" in done.stderr
