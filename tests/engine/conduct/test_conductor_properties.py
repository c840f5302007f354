"""Whatever steps end in, wherever the controller dies: what the conductor promises still holds."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.conduct.moves import Perform
from incidents.event import Json
from incidents.folds.run import StepStatus
from tests.support.simulation import Simulation, book

RULES = st.sampled_from(["stop", "continue", "ask", "rollback"])
STATUS = ["changed", "failed", "timed_out", "unreachable", "unknown"]


@st.composite
def steps(draw: st.DrawFn) -> list[dict[str, Json]]:
    """One to four changing steps with any rule, some with a way back, a retry or a condition."""
    made = []
    for number in range(draw(st.integers(1, 4))):
        step: dict[str, Json] = {"id": f"s{number}", "run": "true", "on_failure": draw(RULES)}
        if draw(st.booleans()):
            step["rollback"] = {"run": "undo"}
        if draw(st.booleans()):
            step["retry"] = {"times": draw(st.integers(1, 2)), "delay": "1s"}
        if draw(st.booleans()):
            step["when"] = "not healthy"
        made.append(step)
    return made


@settings(max_examples=150, deadline=None)
@given(steps(), st.integers(0, 2**32), st.integers(1, 3), st.booleans())
def test_every_run_ends_with_a_name_and_no_change_is_made_twice_unasked(
    made: list[dict[str, Json]], seed: int, hosts: int, die: bool
) -> None:
    dice = random.Random(seed)
    names = tuple(f"h{number}" for number in range(hosts))
    play = Simulation(
        book(*made, checks={"healthy": {"run": "true"}}, last=[{"id": "last", "run": "true"}]), hosts=names
    )
    play.ends = lambda move: "rolled_back" if move.act == "rollback" else dice.choice(STATUS)
    play.checks = lambda move: dice.choice([True, False])
    allowed: set[tuple[str, str, int]] = set()
    outcome = "cut"
    for _ in range(200):
        outcome = play.play(moves=dice.randint(1, 3) if die else 1000)
        if outcome == "cut":
            play.restart()
        elif outcome == "parked":
            question = play.state.open_questions[0]
            choice = dice.choice(question.asked.choices)
            if choice == "retry":
                allowed.add((question.step, question.host, play.state.cell(question.step, question.host).attempt + 1))
            play.answer(choice)
        else:
            break
    assert outcome in {"succeeded", "failed", "rolled_back", "rollback_failed", "unknown"}
    assert all(play.state.cell("last", name).status is not StepStatus.PENDING for name in names)
    performed = [line for line in play.log if line.startswith(("do s", "rollback s"))]
    assert len(performed) == len(set(performed)), "one attempt was made twice"
    retries = {str(step["id"]): step.get("retry") for step in made}
    for line in performed:
        path, rest = line.split()[1].split("@")
        host, attempt = rest.split("#")
        if int(attempt) > 1 and line.startswith("do") and retries[path] is None:
            assert (path, host, int(attempt)) in allowed, f"{line} was never asked for"


def test_the_simulation_can_fail() -> None:
    """The check above is not blind: a conductor that reran an attempt would be seen in the log."""
    play = Simulation(book({"id": "s0", "run": "true"}))
    play.play()
    moves = [line for line in play.log if line.startswith("do s0")]
    play.log.append(moves[0])
    assert len(play.log) != len(set(play.log))
    assert Perform.__dataclass_params__.frozen  # type: ignore[attr-defined]
