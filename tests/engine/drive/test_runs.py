"""Whole runs on this machine: what acts, what the record says of it, and what it keeps."""

from __future__ import annotations

import hashlib
import shlex
import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.drive.begin import begin
from incidents.chain import verify
from incidents.desk import Refusal, declare
from incidents.desk.links import merge
from incidents.event import Event, Json
from incidents.folds.run import StepStatus
from incidents.vocabulary import read
from incidents.vocabulary.run import RunPlanned
from tests.engine.drive.conftest import ACTOR, INCIDENT, RUN, Bench, Watcher

TEXT: dict[str, Json] = {"text": {"type": "string"}}


def test_a_run_acts_and_leaves_its_whole_story(bench: Bench, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    state = bench.run(
        {"id": "make", "run": 'echo made; touch "$mark"'},
        {"id": "look", "run": 'test -e "$mark"', "effect": "read"},
        params={"mark": {"type": "string"}},
        given={"mark": str(mark)},
    )
    assert state.finished is not None
    assert state.finished.outcome == "succeeded"
    assert mark.exists()
    assert [event.kind for event in bench.ledger.read(RUN)] == [
        "RunPlanned",
        "RunStarted",
        "StepStarted",
        "StepFinished",
        "StepStarted",
        "StepFinished",
        "RunFinished",
    ]
    assert state.cell("make", "local").status is StepStatus.CHANGED
    assert state.cell("look", "local").status is StepStatus.OK


def test_the_run_and_its_record_are_linked_and_chained_from_their_first_event(bench: Bench) -> None:
    bench.run({"id": "it", "run": "true"})
    record = bench.ledger.read(INCIDENT)
    assert [event.kind for event in record] == ["IncidentOpened", "RunLinked"]
    for stream in (RUN, INCIDENT):
        assert not verify(bench.ledger.read(stream)).faults


def test_a_run_joins_a_record_that_is_open_and_none_that_was_merged_away(bench: Bench) -> None:
    kept, gone = (declare(bench.ledger, ACTOR, name, "P2") for name in ("stays", "goes"))
    bench.begin({"id": "it", "run": "true"})
    (planned,) = (fact for fact in map(read, bench.ledger.read(RUN)) if isinstance(fact, RunPlanned))
    begin(bench.ledger, replace(planned, run="RUN-2", incident=kept), ACTOR, new_record=False)
    assert [event.kind for event in bench.ledger.read(kept)] == ["IncidentOpened", "RunLinked"]
    merge(bench.ledger, ACTOR, gone, kept, "the same trouble")
    with pytest.raises(Refusal, match="was merged into"):
        begin(bench.ledger, replace(planned, run="RUN-3", incident=gone), ACTOR, new_record=False)


def test_intent_is_durable_before_the_act(bench: Bench, tmp_path: Path) -> None:
    """The command itself reads the ledger's file and finds its own StepStarted there."""
    (database,) = [path for path in (tmp_path / "home").iterdir() if path.read_bytes()[:6] == b"SQLite"]
    with sqlite3.connect(database) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
    table = next(name for name in tables if name.startswith("event"))
    query = f"select count(*) from {table} where kind = 'StepStarted'"
    code = f"import sqlite3; print(sqlite3.connect('file:{database}?mode=ro', uri=True).execute({query!r}).fetchone())"
    bench.run({"id": "peek", "run": f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"})
    assert bench.output("peek") == b"(1,)\n"


def test_output_is_kept_and_sealed(bench: Bench) -> None:
    state = bench.run({"id": "say", "run": "printf one; printf two >&2"})
    finished = state.cell("say", "local").finished
    assert finished is not None
    assert bench.output("say") == b"one"
    assert bench.output("say", stream="err") == b"two"
    assert finished.output["out"] == {"length": 3, "sha256": hashlib.sha256(b"one").hexdigest(), "kept": 3}


def test_a_sensitive_step_keeps_length_and_digest_only(bench: Bench) -> None:
    watcher = Watcher()
    bench.begin({"id": "say", "run": "printf hush", "sensitive": True})
    bench.drive(listeners=(watcher,))
    finished = bench.state.cell("say", "local").finished
    assert finished is not None
    assert finished.output["out"] == {"length": 4, "sha256": hashlib.sha256(b"hush").hexdigest(), "kept": 0}
    assert bench.output("say") == b""
    assert watcher.out == b""


def test_a_flood_is_cut_at_a_cap_that_the_record_states(bench: Bench) -> None:
    state = bench.run({"id": "flood", "run": "head -c 12000000 /dev/zero"})
    finished = state.cell("flood", "local").finished
    assert finished is not None
    seal = finished.output["out"]
    assert isinstance(seal, dict)
    assert seal["length"] == 12_000_000
    assert seal["kept"] == len(bench.output("flood")) == 10 * 1024 * 1024
    assert seal["sha256"] == hashlib.sha256(bytes(12_000_000)).hexdigest()


def test_a_listener_that_breaks_is_left_behind_and_the_run_goes_on(bench: Bench) -> None:
    def broken(event: Event) -> None:
        raise RuntimeError(f"cannot show {event.kind}")

    watchers = (Watcher(broken), Watcher())
    bench.begin({"id": "it", "run": "echo said"})
    assert bench.drive(listeners=watchers).state.status(driven=False) == "succeeded"
    assert len(watchers[0].events) == 1
    assert watchers[1].out == b"said\n"
    assert watchers[1].events[-1].kind == "RunFinished"


def test_a_secret_arrives_as_a_file_and_nowhere_else(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN_FOR_TEST", "s3cret-Value-42")
    script = 'test "$(cat "$token_file")" = s3cret-"Value-42" && cat "$token_file" && env'
    bench.begin(
        {"id": "use", "run": script, "outputs": {"seen": {"pattern": "(s3cret.*|.secret.*)"}}},
        secrets={"token": {"from": "env:TOKEN_FOR_TEST"}},
        references={"test-book.token": "env:TOKEN_FOR_TEST"},
    )
    state = bench.drive().state
    assert state.cell("use", "local").status is StepStatus.CHANGED
    assert b"[secret test-book.token]" in bench.output("use")
    for path in (tmp_path / "home").rglob("*"):
        assert not path.is_file() or b"s3cret-Value-42" not in path.read_bytes()


def test_a_timeout_ends_the_step_and_the_run(bench: Bench) -> None:
    state = bench.run({"id": "slow", "run": "sleep 60", "timeout": "300ms"})
    assert state.cell("slow", "local").status is StepStatus.TIMED_OUT
    assert state.finished is not None
    assert state.finished.outcome == "failed"


def test_verify_polls_until_it_holds(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "ready"
    state = bench.run(
        {
            "id": "start",
            "run": f"(sleep 0.3; touch {path}) >/dev/null 2>&1 &",
            "verify": {"check": "ready", "within": "5s", "every": "100ms", "stay": "200ms"},
        },
        checks={"ready": {"run": f"test -e {path}"}},
    )
    finished = state.cell("start", "local").finished
    assert finished is not None
    assert finished.verified is True
    assert [event.kind for event in bench.ledger.read(RUN)].count("CheckObserved") == 2


def test_a_change_that_does_not_verify_has_failed(bench: Bench) -> None:
    state = bench.run(
        {"id": "start", "run": "true", "verify": {"check": "ready", "within": "200ms", "every": "100ms"}},
        checks={"ready": {"run": "false"}},
    )
    assert state.cell("start", "local").status is StepStatus.FAILED
    assert "not verified" in bench.message("start")


def test_outputs_pass_on_like_params(bench: Bench) -> None:
    bench.run(
        {"id": "ask", "run": "echo version 7", "effect": "read", "outputs": {"version": "version ([0-9]+)"}},
        {"id": "tell", "run": 'echo "got $version on $host in $incident"', "when": 'version == "7"'},
    )
    assert bench.output("tell") == f"got 7 on local in {INCIDENT}\n".encode()


def test_a_rollback_is_run_and_told(bench: Bench, tmp_path: Path) -> None:
    state = bench.run(
        {"id": "make", "run": f"touch {tmp_path}/made", "rollback": {"run": f"rm {tmp_path}/made"}},
        {"id": "break", "run": "false", "on_failure": "rollback"},
    )
    assert state.finished is not None
    assert state.finished.outcome == "rolled_back"
    assert not (tmp_path / "made").exists()
    assert state.cell("make.rollback", "local").status is StepStatus.ROLLED_BACK


def test_the_performer_breaking_is_told_and_a_change_is_then_unknown(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr("engine.words.run.Run.perform", broken)
    state = bench.run({"id": "it", "run": "true"})
    assert state.cell("it", "local").status is StepStatus.UNKNOWN
    assert "a bug of ours" in bench.message("it")
    assert state.open_questions[0].asked.about == "unknown"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300))
def test_a_param_reaches_its_command_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, value: str) -> None:
    from incidents.ledger.memory import MemoryLedger

    bench = Bench(MemoryLedger())
    bench.run({"id": "say", "run": 'printf %s "$text"'}, params=TEXT, given={"text": value})
    assert bench.output("say") == value.encode()
