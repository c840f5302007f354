"""The scripted host: answers in turn, delays in simulated time, failures, silence."""

from pathlib import Path

import pytest

from engine.inventory.host import Host
from engine.primitives.clock import SimulatedClock
from engine.reach.place import Command, Request
from engine.reach.rehearsal import NEVER, REHEARSED, Answer, RehearsalReach, Script

from .conftest import Heard

WEB = Host("web-1", "10.0.0.1")


def reach(clock: SimulatedClock, **answers: list[Answer]) -> RehearsalReach:
    return RehearsalReach({"web-1": Script({key.replace("_", " "): value for key, value in answers.items()})}, clock)


def test_answers_come_in_turn_and_the_last_repeats(heard: Heard) -> None:
    place = reach(SimulatedClock(), restart=[Answer(exit=1, err=b"no\n"), Answer(out=b"yes\n")]).place(WEB)
    ends = [place.run(Command("true", "restart"), heard).exit for _ in range(3)]
    assert ends == [1, 0, 0]
    assert heard.pieces == [("err", b"no\n"), ("out", b"yes\n"), ("out", b"yes\n")]


def test_what_is_not_mentioned_succeeds(heard: Heard) -> None:
    place = reach(SimulatedClock()).place(Host("other"))
    assert place.run(Command("true"), heard).exit == 0
    assert place.http(Request("GET", "http://x/")).status == 200
    assert place.facts() == REHEARSED


def test_delays_pass_in_simulated_time(heard: Heard) -> None:
    clock = SimulatedClock()
    place = reach(clock, slow=[Answer(after=30)]).place(WEB)
    before = clock.now()
    done = place.run(Command("true", "slow", timeout=60), heard)
    assert (done.ended, done.seconds, clock.monotonic()) == ("exited", 30, 30)
    assert (clock.now() - before).total_seconds() == 30


def test_silence_lasts_until_the_deadline(heard: Heard) -> None:
    clock = SimulatedClock()
    place = reach(clock, mute=[Answer(after=NEVER)]).place(WEB)
    done = place.run(Command("true", "mute", timeout=60), heard)
    assert (done.ended, done.exit, clock.monotonic()) == ("timed_out", None, 60)


@pytest.mark.parametrize("ended", ["unreachable", "unknown", "stopped"])
def test_other_ends(heard: Heard, ended: str) -> None:
    answer = Answer(ended=ended, out=b"half")  # type: ignore[arg-type]  # parametrize knows only str
    done = reach(SimulatedClock(), lost=[answer]).place(WEB).run(Command("true", "lost"), heard)
    assert (done.ended, done.exit) == (ended, None)
    assert heard.all("out") == (b"" if ended == "unreachable" else b"half")


def test_http_and_files_are_scripted_by_url_and_path(tmp_path: Path) -> None:
    answers = {
        "GET http://x/": [Answer(status=503, body=b"down"), Answer(ended="unreachable")],
        "/etc/x": [Answer(out=b"there")],
        "/etc/y": [Answer(exit=1, err=b"No such file")],
    }
    place = RehearsalReach({"web-1": Script(answers)}, SimulatedClock()).place(WEB)
    assert (place.http(Request("GET", "http://x/", max_body=2)).body) == b"do"
    assert place.http(Request("GET", "http://x/")).status == 0
    assert place.get("/etc/x", tmp_path / "x", limit=100, timeout=1).length == 5
    assert (tmp_path / "x").read_bytes() == b"there"
    assert "No such file" in place.get("/etc/y", tmp_path / "y", limit=100, timeout=1).problem
    assert "larger" in place.get("/etc/x", tmp_path / "y", limit=4, timeout=1).problem
    assert place.put(tmp_path / "x", "/srv/x", mode=0o644, limit=100, timeout=1).problem == ""
    assert not (tmp_path / "y").exists()
