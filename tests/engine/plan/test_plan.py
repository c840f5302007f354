"""A book laid out: which step runs where, under which conditions, with which values; and what the digest covers."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.inventory.inventory import InventoryError
from engine.plan.layout import lay_out
from engine.plan.outline import outline
from engine.plan.refusal import PlanRefused
from tests.engine.plan.conftest import Prepare

HEAD = "version: 1\nid: outer\ntitle: Outer\nparams:\n  port: {type: integer, default: 8080}\n"
INNER = """version: 1
id: inner
title: Inner
params:
  number: {type: integer}
checks:
  open: {port: {number: "{{ number }}"}}
steps:
  - {id: fix, run: "true", when: not open, rollback: "none — it is a test"}
finally:
  - {id: after, run: "true", effect: read}
"""
OUTER = (
    HEAD
    + """checks:
  healthy: {run: "true"}
steps:
  - {id: look, check: healthy}
  - {id: heal, use: {book: inner, with: {number: "{{ port }}"}}, when: not healthy}
  - {id: tell, notify: {to: [backend], message: "{{ run.id }}"}}
"""
)


def test_a_used_book_stands_in_its_place_under_the_condition_of_its_step(plan_of: Prepare) -> None:
    plan = lay_out(plan_of(OUTER, INNER))
    assert [stage.path for stage in plan.stages] == ["look", "heal/fix", "tell", "heal/after"]
    fix = plan.stages[1]
    assert [guard.condition.text for guard in fix.guards] == ["not healthy", "not open"]
    assert [guard.chapter.prefix for guard in fix.guards] == ["", "heal/"]
    assert plan.stages[3].section == "finally"


def test_values_differ_by_host_and_pass_into_used_books(plan_of: Prepare) -> None:
    plan = lay_out(plan_of(OUTER, INNER))
    fix = plan.stages[1]
    assert [fix.chapter.params[host]["number"] for host in fix.hosts] == [8081, 8080]


def test_a_given_value_wins_over_the_hosts_own(plan_of: Prepare) -> None:
    plan = lay_out(plan_of(OUTER, INNER, given={"port": "9000"}))
    assert {plan.stages[0].chapter.params[host]["port"] for host in plan.hosts} == {9000}


def test_a_recorded_plan_needs_no_file(plan_of: Prepare, tmp_path: Path) -> None:
    planned = plan_of(OUTER, INNER)
    for path in (tmp_path / "books").iterdir():
        path.unlink()
    assert [stage.path for stage in lay_out(planned).stages] == ["look", "heal/fix", "tell", "heal/after"]


@pytest.mark.parametrize(
    ("step", "hosts", "acts_on"),
    [
        ("{id: a, run: x}", ("web-1", "web-2"), {}),
        ("{id: a, run: x, once: true}", ("web-1",), {}),
        ("{id: a, run: x, hosts: db}", ("db-1",), {}),
        ("{id: a, run: x, delegate: controller}", ("web-1", "web-2"), {"web-1": "controller", "web-2": "controller"}),
        ("{id: a, run: x, delegate: db}", ("web-1", "web-2"), {"web-1": "db-1", "web-2": "db-1"}),
        ("{id: a, guide: look}", ("",), {}),
        ("{id: a, guide: look, per: host}", ("web-1", "web-2"), {}),
    ],
)
def test_where_a_step_runs(plan_of: Prepare, step: str, hosts: tuple[str, ...], acts_on: dict[str, str]) -> None:
    (stage,) = lay_out(plan_of(f"{HEAD}steps:\n  - {step}\n")).stages
    assert stage.hosts == hosts
    assert dict(stage.acts_on) == acts_on


def test_every_problem_is_told_at_once(plan_of: Prepare) -> None:
    params = "params:\n  a: {type: integer}\n  b: {type: integer, min: 1}\n"
    book = f"version: 1\nid: outer\ntitle: O\n{params}steps:\n  - {{id: x, run: x}}\n"
    with pytest.raises(PlanRefused) as refused:
        plan_of(book, given={"b": "0"})
    assert len(refused.value.problems) == 2
    assert "--a" in refused.value.problems[0]
    assert "too small" in refused.value.problems[1]


def test_a_param_the_book_does_not_take_is_refused(plan_of: Prepare) -> None:
    with pytest.raises(PlanRefused, match="takes no param colour; it takes port"):
        plan_of(OUTER, INNER, given={"colour": "red"})


def test_an_unknown_host_is_refused_with_what_is_near(plan_of: Prepare) -> None:
    with pytest.raises(InventoryError, match="did you mean web"):
        plan_of(OUTER, INNER, hosts="wbe")


def test_without_hosts_of_its_own_a_book_must_be_told(plan_of: Prepare) -> None:
    with pytest.raises(PlanRefused, match="names no hosts"):
        plan_of(OUTER, INNER, hosts="")


def test_the_digest_covers_book_uses_hosts_params_and_uploads(plan_of: Prepare, tmp_path: Path) -> None:
    upload = f"{HEAD}steps:\n  - {{id: put, upload: {{from: file.txt, to: /tmp/x}}}}\n"
    (tmp_path / "books").mkdir()
    (tmp_path / "books" / "file.txt").write_text("one")
    digests = [
        plan_of(OUTER, INNER).digest,
        plan_of(OUTER.replace("Outer", "Other"), INNER).digest,
        plan_of(OUTER, INNER.replace("Inner", "Other")).digest,
        plan_of(OUTER, INNER, hosts="web-1").digest,
        plan_of(OUTER, INNER, given={"port": "9000"}).digest,
        plan_of(upload).digest,
    ]
    (tmp_path / "books" / "file.txt").write_text("two")
    digests.append(plan_of(upload).digest)
    assert len(set(digests)) == len(digests)
    assert plan_of(OUTER, INNER).digest == digests[0]


def test_an_upload_that_is_not_there_is_refused(plan_of: Prepare) -> None:
    with pytest.raises(PlanRefused, match="uploads a file"):
        plan_of(f"{HEAD}steps:\n  - {{id: put, upload: {{from: nowhere.txt, to: /tmp/x}}}}\n")


def test_the_outline_says_what_each_host_is_asked_and_what_has_no_way_back(plan_of: Prepare) -> None:
    lines = {line.path: line for line in outline(lay_out(plan_of(OUTER, INNER)))}
    assert lines["heal/fix"].way_back == "none: it is a test"
    assert lines["heal/fix"].condition == "(not healthy) and (not open)"
    assert lines["heal/fix"].asks_host == ("true",)
    assert lines["heal/fix"].effect == "change"
    assert lines["tell"].hosts == ()


def test_hosts_whose_command_differs_have_lines_of_their_own(plan_of: Prepare) -> None:
    book = f'{HEAD}steps:\n  - {{id: ask, http: {{get: "http://127.0.0.1:{{{{ port }}}}/"}}}}\n'
    lines = outline(lay_out(plan_of(book)))
    assert [line.hosts for line in lines] == [("web-1",), ("web-2",)]
    assert [line.asks_host for line in lines] == [("GET http://127.0.0.1:8081/",), ("GET http://127.0.0.1:8080/",)]
