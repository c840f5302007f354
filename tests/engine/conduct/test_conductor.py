"""The conductor, one rule a test: order, barrier, conditions, people, failure, the way back, and what always runs."""

from __future__ import annotations

import pytest

from engine.conduct.conductor import conduct
from engine.conduct.moves import Observe, Perform
from incidents.event import Json, Subject
from incidents.folds.run import StepStatus
from incidents.vocabulary.run import StopRequested
from tests.support.simulation import RUN, Simulation, book

LOOK: dict[str, Json] = {"healthy": {"run": "true"}}
FIX: dict[str, Json] = {"id": "fix", "run": "true"}
LAST: list[Json] = [{"id": "last", "run": "true"}]


def failing(*paths: str, status: str = "failed", times: int = 99) -> object:
    """Ends the named steps badly, the first `times` attempts of each."""

    def end(move: Perform) -> str:
        path = move.stage.rollback_path if move.act == "rollback" else move.stage.path
        if path in paths and move.attempt <= times:
            return status
        return "rolled_back" if move.act == "rollback" else "changed"

    return end


def test_a_step_waits_for_every_host_of_the_step_before() -> None:
    play = Simulation(book(FIX, {"id": "then", "run": "true"}), hosts=("a", "b", "c"))
    assert play.play() == "succeeded"
    assert play.log[:6] == ["do fix@a#1", "do fix@b#1", "do fix@c#1", "do then@a#1", "do then@b#1", "do then@c#1"]


def test_conducting_is_pure() -> None:
    play = Simulation(book(FIX), hosts=("a", "b"))
    state = play.state
    first = conduct(play.plan, state, attended=False)
    assert first == conduct(play.plan, state, attended=False)
    assert play.state == state


def test_a_condition_looks_once_per_host_and_step_and_skips_with_its_reason() -> None:
    play = Simulation(
        book(FIX | {"when": "not healthy"}, checks=LOOK),
        hosts=("up", "down"),
        checks=lambda move: move.host == "up",
    )
    assert play.play() == "succeeded"
    assert play.log[:2] == ["look healthy for fix@up", "look healthy for fix@down"]
    skipped = play.state.cell("fix", "up").skipped
    assert skipped is not None
    assert skipped.reason == "when"
    assert "not healthy" in skipped.detail
    assert play.state.cell("fix", "down").status is StepStatus.CHANGED


def test_conditions_short_circuit() -> None:
    step = FIX | {"when": "port == 1 and healthy"}
    play = Simulation(book(step, checks=LOOK, params={"port": {"type": "integer", "default": 2}}))
    assert play.play() == "succeeded"
    assert not [line for line in play.log if line.startswith("look")]


def test_a_condition_that_cannot_be_decided_is_a_failure_and_never_a_go() -> None:
    play = Simulation(book(FIX | {"when": "healthy"}, checks=LOOK), checks=lambda move: None)
    assert play.play() == "failed"
    assert "do fix@web-1#1" not in play.log
    finished = play.state.cell("fix", "web-1").finished
    assert finished is not None
    assert "could not be decided" in finished.message


def test_retrying_an_undecided_step_looks_again() -> None:
    answers = iter([None, True])
    step = FIX | {"when": "healthy", "on_failure": "ask"}
    play = Simulation(book(step, checks=LOOK), checks=lambda move: next(answers))
    assert play.play() == "parked"
    play.answer("retry")
    assert play.play() == "succeeded"
    assert play.log.count("look healthy for fix@web-1") == 2


@pytest.mark.parametrize(("rule", "outcome"), [("stop", "failed"), ("continue", "succeeded")])
def test_on_failure_decides_whether_the_run_goes_on(rule: str, outcome: str) -> None:
    play = Simulation(book(FIX | {"on_failure": rule}, {"id": "then", "run": "true"}, last=LAST))
    play.ends = failing("fix")  # type: ignore[assignment]
    assert play.play() == outcome
    assert ("do then@web-1#1" in play.log) == (rule == "continue")
    assert "do last@web-1#1" in play.log


def test_a_failure_on_one_host_lets_its_step_end_on_the_others_first() -> None:
    play = Simulation(book(FIX, {"id": "then", "run": "true"}), hosts=("a", "b"))
    play.ends = lambda move: "failed" if move.host == "a" else "changed"
    assert play.play() == "failed"
    assert "do fix@b#1" in play.log
    assert "do then@b#1" not in play.log


def test_an_unreachable_host_that_may_be_left_is_left_alone_afterwards() -> None:
    play = Simulation(book(FIX | {"on_unreachable": "continue"}, {"id": "then", "run": "true"}), hosts=("a", "b"))
    play.ends = lambda move: "unreachable" if move.host == "a" else "changed"
    assert play.play() == "failed"
    skipped = play.state.cell("then", "a").skipped
    assert skipped is not None
    assert skipped.reason == "unreachable"
    assert play.state.cell("then", "b").status is StepStatus.CHANGED


def test_retry_tries_as_often_as_it_says() -> None:
    play = Simulation(book(FIX | {"retry": {"times": 2, "delay": "5s"}}))
    play.ends = failing("fix", times=2)  # type: ignore[assignment]
    assert play.play() == "succeeded"
    assert [line for line in play.log if line.startswith("do")] == [f"do fix@web-1#{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(("choice", "outcome"), [("retry", "succeeded"), ("continue", "succeeded"), ("stop", "failed")])
def test_a_failure_that_asks_does_what_the_person_says(choice: str, outcome: str) -> None:
    play = Simulation(book(FIX | {"on_failure": "ask"}))
    play.ends = failing("fix", times=1)  # type: ignore[assignment]
    assert play.play() == "parked"
    assert play.state.open_questions[0].asked.question == "fix@web-1#1"
    play.answer(choice)
    assert play.play() == outcome
    assert ("do fix@web-1#2" in play.log) == (choice == "retry")


def test_a_question_asked_on_one_host_does_not_hold_the_others() -> None:
    play = Simulation(book(FIX | {"on_failure": "ask"}), hosts=("a", "b"))
    play.ends = lambda move: "failed" if move.host == "a" else "changed"
    assert play.play() == "parked"
    assert play.state.cell("fix", "b").status is StepStatus.CHANGED


def test_rollback_goes_last_first_over_what_acted_and_only_that() -> None:
    def step(name: str) -> dict[str, Json]:
        return {"id": name, "run": "true", "rollback": {"run": f"undo {name}"}, "on_failure": "rollback"}

    play = Simulation(
        book(
            step("one"), step("two") | {"when": "false"}, {"id": "see", "run": "true", "effect": "read"}, step("three")
        )
    )
    play.ends = failing("three")  # type: ignore[assignment]
    assert play.play() == "rolled_back"
    assert [line for line in play.log if line.startswith("rollback")] == [
        "rollback three@web-1#1",
        "rollback one@web-1#1",
    ]


def test_a_failed_rollback_is_said() -> None:
    play = Simulation(book(FIX | {"rollback": {"run": "undo"}, "on_failure": "rollback"}))
    play.ends = failing("fix", "fix.rollback")  # type: ignore[assignment]
    assert play.play() == "rollback_failed"


def test_a_guide_is_skipped_unattended_only_where_the_author_allows_it() -> None:
    guide: dict[str, Json] = {"id": "read", "guide": "Look at the log."}
    assert Simulation(book(guide | {"unattended": "skip"}, FIX)).play() == "succeeded"
    assert Simulation(book(guide, FIX)).play() == "parked"
    assert Simulation(book(guide | {"unattended": "skip"}, FIX), attended=True).play() == "parked"


def test_an_answer_gives_values_to_later_conditions() -> None:
    guide: dict[str, Json] = {"id": "read", "guide": "Bad?", "input": {"bad": {"type": "bool"}}}
    play = Simulation(book(guide, FIX | {"when": "bad"}), attended=True)
    assert play.play() == "parked"
    play.answer("done", bad=True)
    assert play.play() == "succeeded"
    assert play.state.cell("fix", "web-1").status is StepStatus.CHANGED


def _killed(step: dict[str, Json], **more: dict[str, Json]) -> Simulation:
    """A run whose controller died in the middle of its first act, taken up by another."""
    play = Simulation(book(step, last=None, **more))
    for move in conduct(play.plan, play.state, attended=False):
        assert isinstance(move, Perform)
        play.begin_only(move)
    assert play.state.shown("fix", "web-1", driven=True) == "running"
    assert play.state.shown("fix", "web-1", driven=False) == "unknown"
    play.restart()
    return play


def test_a_change_without_an_end_is_asked_about_and_never_rerun_in_silence() -> None:
    play = _killed(FIX)
    assert play.play() == "parked"
    assert play.state.open_questions[0].asked.about == "unknown"
    assert not [line for line in play.log if line.startswith("do")]


@pytest.mark.parametrize(
    ("choice", "outcome", "again"),
    [("happened", "succeeded", False), ("retry", "succeeded", True), ("stop", "unknown", False)],
)
def test_an_unknown_step_does_what_the_person_says(choice: str, outcome: str, again: bool) -> None:
    play = _killed(FIX)
    play.play()
    play.answer(choice)
    assert play.play() == outcome
    assert ("do fix@web-1#2" in play.log) == again


def test_an_unknown_step_is_asked_about_with_a_fresh_look() -> None:
    step = FIX | {"verify": {"check": "healthy", "within": "1s"}}
    play = _killed(step, checks=LOOK)
    play.checks = lambda move: True
    assert play.play() == "parked"
    facts = play.state.open_questions[0].asked.facts
    assert "passes" in str(facts["check healthy now"])
    assert facts["command"] == "it"


@pytest.mark.parametrize("rule", [{"effect": "read"}, {"idempotent": True}])
def test_a_read_or_an_idempotent_step_simply_runs_again(rule: dict[str, Json]) -> None:
    play = _killed(FIX | rule)
    assert play.play() == "succeeded"
    assert "do fix@web-1#2" in play.log


def test_a_stopped_run_begins_nothing_more_but_its_finally() -> None:
    play = Simulation(book(FIX, {"id": "then", "run": "true"}, last=LAST))
    play.play(moves=1)
    play._append(StopRequested("enough"), Subject(RUN))
    assert play.play() == "stopped"
    assert "do then@web-1#1" not in play.log
    assert "do last@web-1#1" in play.log


def test_finally_hears_the_outcome() -> None:
    play = Simulation(book(FIX, last=LAST))
    play.ends = failing("fix")  # type: ignore[assignment]
    play.play(moves=1)
    ordered = conduct(play.plan, play.state, attended=False)
    assert [move.outcome for move in ordered if isinstance(move, Perform)] == ["failed"]


def test_once_runs_on_the_first_host_only() -> None:
    play = Simulation(book(FIX | {"once": True}), hosts=("a", "b"))
    assert play.play() == "succeeded"
    assert [line for line in play.log if line.startswith("do")] == ["do fix@a#1"]


def test_a_look_of_an_older_controller_is_not_trusted() -> None:
    play = Simulation(book(FIX | {"when": "not healthy"}, checks=LOOK))
    (look,) = conduct(play.plan, play.state, attended=False)
    assert isinstance(look, Observe)
    play._make(look)
    play.restart()
    assert conduct(play.plan, play.state, attended=False) == [look]
