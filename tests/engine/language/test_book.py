"""What a loaded book tells the rooms above it."""

from pathlib import Path

import pytest

from engine.language.load import Loaded, load_text, parse
from engine.reach.place import Become, Stop
from engine.words.run import Run
from engine.words.service import Service


def test_a_recorded_document_gives_the_same_book(everything: Loaded) -> None:
    assert parse(everything.document) == everything.book


def test_a_step_has_its_word_its_effect_and_its_ending(everything: Loaded) -> None:
    steps = {step.id: step for step in everything.book.steps}
    assert isinstance(steps["restart"].word, Service)
    assert isinstance(steps["change"].word, Run)
    effects = {name: steps[name].does for name in ("look", "find", "change", "restart", "read-log")}
    assert effects == {
        "look": "read", "find": "read", "change": "change", "restart": "destructive", "read-log": "read"
    }  # fmt: skip
    assert steps["change"].ending == Stop("INT", 20.0)
    assert steps["look"].ending == Stop()
    assert steps["change"].identity == Become("deploy")
    assert steps["restart"].identity == Become("root")
    assert steps["look"].identity is None


def test_the_way_back_is_an_action_or_a_reason(everything: Loaded) -> None:
    steps = {step.id: step for step in everything.book.steps}
    change, restart = steps["change"].rollback, steps["restart"].rollback
    assert change is not None and change.action is not None and isinstance(change.action.word, Run)
    assert restart is not None and restart.action is None
    assert restart.none == "a restart has no way back"


@pytest.mark.parametrize(
    "text", ["none — it heals", "none - it heals", "none: it heals", "none -- it heals", "none —it heals"]
)
def test_a_reason_may_be_typed_on_any_keyboard(text: str) -> None:
    book = load_text(
        f"version: 1\nid: a\ntitle: b\nsteps: [{{id: a, run: b, rollback: '{text}'}}]\n".encode(), Path("x.yaml")
    ).book
    assert book.steps[0].rollback is not None
    assert book.steps[0].rollback.none == "it heals"


def test_hosts_read_as_the_flag_would(everything: Loaded) -> None:
    assert everything.book.hosts is not None
    assert everything.book.hosts.text == "web-1,web-2"


def test_a_rehearsal_is_scripted_by_check_and_by_step(everything: Loaded) -> None:
    (case,) = everything.book.tests
    assert case.looks("web-1", "healthy") == [False, None, True]
    assert case.looks("web-1", "room") == [True]  # by *
    assert case.looks("web-2", "room") == []
    assert [act.exit for act in case.acts("web-1", "restart")] == [1, 0]
    assert case.acts("web-1", "restart")[0].after == 2.0
    assert case.acts("web-1", "restart")[1].ended == "unknown"
    assert case.acts("web-1", "put") == []
    assert case.answers["restart@web-1#1"].choice == "retry"
    assert case.answers["read-log@web-1"].values == {"finding": "x", "suspicious": False}


def test_empty_defaults_and_durations(everything: Loaded) -> None:
    book = everything.book
    assert book.defaults.timeout == 60.0
    assert book.review is not None and book.review.every == 84
    verify = book.steps[5].verify
    assert verify is not None and (verify.within, verify.every, verify.stay) == (60.0, 1.0, 3.0)
