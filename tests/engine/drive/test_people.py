"""Runs that need people: parked, answered from elsewhere, stopped, taken over; one answer per question."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.drive.controller import Controller
from engine.drive.people import answer, request_stop
from engine.drive.refused import Refused
from incidents.event import Event, Json, Subject
from incidents.folds.run import Question, StepStatus
from incidents.ledger.protocol import Batch, Entry, Held
from incidents.vocabulary import draft
from incidents.vocabulary.run import QuestionAnswered, RunStarted, StepStarted
from tests.engine.drive.conftest import ACTOR, RUN, Bench, Watcher

GUIDE: dict[str, Json] = {
    "id": "read",
    "guide": "Is it bad?",
    "input": {"bad": {"type": "bool"}, "why": {"type": "text", "required": False}},
}
ASKING: dict[str, Json] = {"id": "fix", "run": 'test -e "$HOME/never-there"', "on_failure": "ask"}


def test_a_run_with_nobody_there_parks_and_goes_on_when_answered(bench: Bench) -> None:
    bench.begin(GUIDE, {"id": "act", "run": 'echo "bad: $bad"', "when": "bad"})
    progress = bench.drive()
    assert progress.parked == ("read",)
    assert bench.state.status(driven=False) == "waiting"
    assert bench.ledger.holder(RUN) is None
    answer(bench.ledger, RUN, ACTOR, values={"bad": "yes"})
    assert bench.drive().state.status(driven=False) == "succeeded"
    assert bench.output("act") == b"bad: true\n"


def test_the_second_answer_hears_who_was_first(bench: Bench) -> None:
    bench.run(GUIDE)
    answer(bench.ledger, RUN, ACTOR, question="read", values={"bad": "no"})
    with pytest.raises(Refused, match="already answered by tester"):
        answer(bench.ledger, RUN, ACTOR, question="read", values={"bad": "no"})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"question": "nothing"}, "has no question nothing"),
        ({"choice": "maybe"}, "is not a choice"),
        ({"values": {}}, "a value for bad is needed"),
        ({"values": {"bad": "perhaps"}}, "true or false is expected"),
        ({"values": {"bad": "no", "worse": "1"}}, "nothing named worse"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(bench: Bench, given: dict[str, object], said: str) -> None:
    bench.run(GUIDE)
    with pytest.raises(Refused, match=said):
        answer(bench.ledger, RUN, ACTOR, **given)  # type: ignore[arg-type]
    assert bench.state.open_questions


class Person:
    """Answers what it was told to, and remembers what it was asked."""

    def __init__(self, *choices: str) -> None:
        self.choices = list(choices)
        self.asked: list[str] = []

    def answer(self, question: Question) -> QuestionAnswered | None:
        """The next choice."""
        self.asked.append(question.asked.question)
        return QuestionAnswered(question.asked.question, self.choices.pop(0)) if self.choices else None


def test_a_person_who_is_there_is_asked_at_once(bench: Bench) -> None:
    bench.begin(ASKING)
    person = Person("retry", "continue")
    assert bench.drive(attendant=person).state.status(driven=False) == "succeeded"
    assert person.asked == ["fix@local#1", "fix@local#2"]


def test_a_person_who_leaves_parks_the_run(bench: Bench) -> None:
    bench.begin(ASKING)
    assert bench.drive(attendant=Person()).parked == ("fix@local#1",)


def test_a_stop_from_another_process_ends_the_running_step(bench: Bench) -> None:
    def stop(event: Event) -> None:
        if event.kind == "StepStarted":
            request_stop(bench.ledger, RUN, ACTOR, "enough")

    bench.begin({"id": "slow", "run": "sleep 60"}, last=[{"id": "last", "run": "echo tidy"}])
    began = time.monotonic()
    state = bench.drive(listeners=(Watcher(stop),)).state
    assert state.status(driven=False) == "stopped"
    assert state.cell("slow", "local").status is StepStatus.FAILED
    assert bench.output("last") == b"tidy\n"
    assert time.monotonic() - began < 30


def test_a_stop_ends_the_waiting_of_a_verification(bench: Bench) -> None:
    controller: list[Controller] = []

    def stop(event: Event) -> None:
        if event.kind == "StepActed":
            controller[0].stop("Ctrl-C")

    bench.begin({"id": "it", "run": "true", "verify": {"check": {"run": "false"}, "within": "60s", "every": "30s"}})
    controller.append(bench.controller(listeners=(Watcher(stop),)))
    began = time.monotonic()
    assert controller[0].drive().state.status(driven=False) == "stopped"
    assert time.monotonic() - began < 20


def test_a_run_that_is_driven_cannot_be_taken(bench: Bench) -> None:
    refused: list[str] = []

    def second(event: Event) -> None:
        if event.kind == "StepStarted":
            with pytest.raises(Held) as held:
                bench.drive()
            refused.append(held.value.owner)

    bench.begin({"id": "it", "run": "true"})
    bench.drive(listeners=(Watcher(second),))
    assert "pid" in refused[0]


def test_a_step_left_open_by_a_dead_controller_is_unknown_and_asked_about(bench: Bench) -> None:
    bench.begin({"id": "fix", "run": "echo again"})
    subject = Subject(RUN, "fix", "local", 1)
    facts = [
        draft(RunStarted("elsewhere", 1, "boot", 1), ACTOR, Subject(RUN)),
        draft(StepStarted("run", "change", "echo again", 60.0), ACTOR, subject),
    ]
    bench.ledger.commit(Batch([Entry(RUN, facts)]))
    assert bench.state.status(driven=False) == "unknown"
    assert bench.state.shown("fix", "local", driven=False) == "unknown"
    assert bench.drive().parked == ("fix@local#1",)
    question = bench.state.open_questions[0].asked
    assert question.about == "unknown"
    assert question.facts["command"] == "echo again"
    answer(bench.ledger, RUN, ACTOR, choice="retry")
    assert bench.drive().state.status(driven=False) == "succeeded"
    assert bench.output("fix", attempt=2) == b"again\n"


def test_an_answer_given_elsewhere_while_a_person_thinks_is_taken(bench: Bench) -> None:
    class Slow:
        def answer(self, question: Question) -> QuestionAnswered | None:
            answer(bench.ledger, RUN, ACTOR, question=question.asked.question, choice="continue")
            return QuestionAnswered(question.asked.question, "stop")

    bench.begin(ASKING)
    assert bench.drive(attendant=Slow()).state.status(driven=False) == "succeeded"


def test_hosts_act_at_once(bench: Bench, tmp_path: Path) -> None:
    """Two hosts that each wait for the other can only end when both act together."""
    meet = 'touch "$folder/$host"; until [ -e "$folder/a" ] && [ -e "$folder/b" ]; do sleep 0.05; done'
    state = bench.run(
        {"id": "meet", "run": meet, "timeout": "20s"},
        hosts=("a", "b"),
        params={"folder": {"type": "string"}},
        given={"folder": str(tmp_path)},
    )
    assert state.status(driven=False) == "succeeded"
