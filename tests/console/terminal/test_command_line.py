"""What was typed arrives as it was typed, and what is wrong with it is said in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invoke.collection import Collection
from invoke.context import Context

from console.terminal.books import BookTask
from console.terminal.command_line import CommandLine, read
from console.terminal.index import Flag, Shelved
from console.terminal.problem import Problem
from console.terminal.task import task

BOOK = Shelved("x.yaml", "server-down", "Down", flags=(Flag("unit", "the unit"), Flag("max_conn", "how many")))


@task(positional=["one", "more"], iterable=["more"], help={"one": "a thing"})
def places(_: Context, one: str, more: list[str]) -> None:
    """Takes words."""


@task()
def switches(_: Context, on: bool = True, off: bool = False) -> None:
    """Takes switches."""


def tasks() -> Collection:
    family = Collection("fam")
    family.add_task(switches)
    made = Collection()
    made.add_task(places)
    made.add_collection(family)
    made.add_task(BookTask(BOOK))
    return made


def only(*words: str) -> dict[str, object]:
    line = read(words, tasks())
    assert (line.asked, len(line.calls)) == ("tasks", 1)
    kwargs: dict[str, object] = line.calls[0].as_kwargs
    return kwargs


def refused(*words: str) -> Problem:
    with pytest.raises(Problem) as caught:
        read(words, tasks())
    assert caught.value.code == 2
    return caught.value


@pytest.mark.parametrize("words", [["server-down", "--unit", "a b"], ["server-down", "--unit=a b"]])
def test_a_flag_takes_the_next_word_or_what_follows_its_sign(words: list[str]) -> None:
    assert only(*words)["unit"] == "a b"


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_value_arrives_as_it_was_typed(value: str) -> None:
    assert only("server-down", f"--unit={value}")["unit"] == value


@pytest.mark.parametrize("value", ["--yes", "--unit=x", "-h", "--", "server-down", "", "=", "a=b", "x" * 100_000])
def test_a_value_may_look_like_anything(value: str) -> None:
    assert only("server-down", f"--unit={value}", "--hosts", "web")["unit"] == value


def test_names_with_underscores_are_typed_with_hyphens() -> None:
    given_flags = only("server-down", "--max-conn", "5", "--dry-run", "--no-input")
    assert (given_flags["max_conn"], given_flags["dry_run"], given_flags["no_input"]) == ("5", True, True)


def test_nothing_is_guessed_for_flags_that_were_not_typed() -> None:
    given_flags = only("server-down")
    assert given_flags["unit"] is None
    assert given_flags["hosts"] is None
    assert given_flags["yes"] is False


def test_switches_go_both_ways() -> None:
    assert only("fam.switches", "--no-on", "--off") == {"on": False, "off": True}


def test_places_take_words() -> None:
    assert only("places", "a", "b", "c") == {"one": "a", "more": ["b", "c"]}


def test_a_flag_may_stand_for_a_place() -> None:
    assert only("places", "--one", "a", "b") == {"one": "a", "more": ["b"]}


def test_tasks_may_follow_one_another() -> None:
    line = read(["fam.switches", "--off", "server-down", "--hosts=a"], tasks())
    assert [call.name for call in line.calls] == ["fam.switches", "server-down"]


@pytest.mark.parametrize(
    ("words", "asked", "topic"),
    [
        ([], "help", ""),
        (["--help"], "help", ""),
        (["-h", "server-down"], "help", "server-down"),
        (["--help=server-down"], "help", "server-down"),
        (["server-down", "--help"], "help", "server-down"),
        (["server-down", "--hosts", "a", "-h"], "help", "server-down"),
        (["places", "--help"], "help", "places"),
        (["--list"], "list", ""),
        (["-l", "fam"], "list", "fam"),
        (["--list=fam"], "list", "fam"),
        (["--version"], "version", ""),
    ],
)
def test_pages_can_be_asked_for(words: list[str], asked: str, topic: str) -> None:
    line = read(words, tasks())
    assert (line.asked, line.topic) == (asked, topic)
    assert isinstance(line, CommandLine)


@pytest.mark.parametrize(
    ("words", "what", "then"),
    [
        (["server-donw"], "called 'server-donw'", "did you mean server-down?"),
        (["zzz"], "called 'zzz'", "./inv --list"),
        (["fam"], "a family of tasks", "fam.switches"),
        (["--lst"], "--lst", "did you mean --list?"),
        (["--dry", "server-down"], "--dry is no flag of inv", "behind the task"),
        (["server-down", "--host", "a"], "no flag --host", "did you mean --hosts?"),
        (["server-down", "--dry_run"], "no flag --dry_run", "did you mean --dry-run?"),
        (["server-down", "-y"], "no flag -y", "--help"),
        (["server-down", "--hosts"], "--hosts needs a value", "--hosts=VALUE"),
        (["server-down", "--unit", "--yes"], "--unit needs a value", "--unit=VALUE"),
        (["server-down", "--yes=true"], "--yes takes no value", "write --yes"),
        (["server-down", "--unit=a", "--unit=b"], "--unit is given twice", ""),
        (["server-down", "--hosts=a", "--hosts=b"], "--hosts is given twice", "--hosts=a,b"),
        (["server-down", "--hosts", "a", "b"], "'b' stands alone behind --hosts a", "--hosts a,b"),
        (["server-down", "web"], "'web' is neither", "--help"),
        (["places"], "places needs ONE", "places --help"),
        (["server-down", "--unit=\udcff"], "not text in UTF-8", ""),
    ],
)
def test_what_is_wrong_is_said(words: list[str], what: str, then: str) -> None:
    problem = refused(*words)
    assert what in problem.what
    assert then in problem.then
