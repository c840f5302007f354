"""A record moves only as its table says; clocks, roles, actions, links, merges and handovers are what events say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from incidents.desk import InvalidRequest, Refusal, actions, declare, handover, lifecycle, links, note, record
from incidents.event import Actor
from incidents.folds.lifecycle import CLOCKS, KINDS, MOVES
from incidents.ledger.protocol import Ledger
from incidents.linked import streams
from incidents.report import markdown
from incidents.timeline import timeline
from tests.incidents.story import ADA, INC, RUN, tell

BOB = Actor("bob", "terminal")
WAY = {
    "open": (),
    "acknowledged": ("acknowledged",),
    "mitigated": ("acknowledged", "mitigated"),
    "resolved": ("acknowledged", "resolved"),
    "reviewed": ("acknowledged", "resolved", "reviewed"),
}


@pytest.mark.parametrize("after", MOVES)
@pytest.mark.parametrize("before", MOVES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_move_is_in_the_table_or_refused_by_name(ledger: Ledger, kind: str, before: str, after: str) -> None:
    incident = declare(ledger, ADA, "x", "P1", kind)
    for step in WAY[before]:
        lifecycle.move(ledger, ADA, incident, step)
    legal = after in MOVES[before] or (kind != "incident" and (before, after) == ("open", "resolved"))
    if legal:
        lifecycle.move(ledger, ADA, incident, after, "why")
        assert record(ledger, incident).status == after
        return
    seq = record(ledger, incident).seq
    with pytest.raises(Refusal, match=before) as caught:
        lifecycle.move(ledger, ADA, incident, after, "why")
    assert after in str(caught.value)
    assert "./inv incident." in caught.value.hint
    assert record(ledger, incident).seq == seq


def test_reopening_needs_a_reason_and_forgets_the_end(ledger: Ledger) -> None:
    incident = declare(ledger, ADA, "x", "P1")
    for step in ("acknowledged", "resolved"):
        lifecycle.move(ledger, ADA, incident, step)
    with pytest.raises(InvalidRequest, match="reason is empty"):
        lifecycle.move(ledger, ADA, incident, "open")
    lifecycle.move(ledger, ADA, incident, "open", "it is back")
    found = record(ledger, incident)
    assert (found.status, found.reopened) == ("open", 1)
    assert found.took("resolved") is None
    assert found.took("acknowledged") is not None, "it was acknowledged in time, and that stays true"


@pytest.mark.parametrize(("severity", "minutes"), [("P0", 15), ("P1", 60), ("P2", 240), ("P3", 1440)])
def test_the_clock_of_each_severity(ledger: Ledger, severity: str, minutes: int) -> None:
    found = record(ledger, declare(ledger, ADA, "x", severity))
    assert found.opened_at
    assert found.acknowledge_by == found.opened_at + timedelta(minutes=minutes) == found.opened_at + CLOCKS[severity]
    assert not found.late(found.acknowledge_by)
    assert found.late(found.acknowledge_by + timedelta(seconds=1))
    assert record(ledger, declare(ledger, ADA, "x", severity, "check")).acknowledge_by is None


def test_a_higher_severity_has_a_shorter_clock(ledger: Ledger) -> None:
    incident = declare(ledger, ADA, "x", "P3")
    lifecycle.grade(ledger, ADA, incident, "P0", "all users")
    found = record(ledger, incident)
    assert found.opened_at
    assert (found.severity, found.acknowledge_by) == ("P0", found.opened_at + timedelta(minutes=15))
    with pytest.raises(Refusal, match="P0 already"):
        lifecycle.grade(ledger, ADA, incident, "P0", "again")
    with pytest.raises(InvalidRequest, match="no severity"):
        lifecycle.grade(ledger, ADA, incident, "P9", "x")


def test_roles(ledger: Ledger) -> None:
    incident = declare(ledger, ADA, "x", "P1")
    lifecycle.cast(ledger, ADA, incident, "commander", "ada")
    lifecycle.cast(ledger, ADA, incident, "commander", "bob")
    assert record(ledger, incident).roles == {"commander": "bob"}
    with pytest.raises(InvalidRequest, match="'king' is no role"):
        lifecycle.cast(ledger, ADA, incident, "king", "ada")


def test_actions_are_closed_once_and_overdue_ones_are_listed(ledger: Ledger) -> None:
    incident = declare(ledger, ADA, "x", "P1")
    actions.add(ledger, ADA, incident, "alert on memory", "bob", "2026-12-01")
    actions.add(ledger, ADA, incident, "write it down", "ada", "2026-11-01")
    today = date(2026, 11, 23)
    overdue = actions.left_over(ledger, today, overdue=True)
    assert [action.added.fact.action for _, action in overdue] == ["ACT-2"]
    assert len(actions.left_over(ledger, today)) == 2
    assert actions.left_over(ledger, date(2026, 11, 1), overdue=True) == [], "the day itself still counts"

    actions.close(ledger, BOB, incident, "ACT-2", "done")
    with pytest.raises(Refusal, match="closed by bob: done"):
        actions.close(ledger, ADA, incident, "ACT-2", "dropped", "no")
    with pytest.raises(InvalidRequest, match="no action ACT-9; it has ACT-1, ACT-2"):
        actions.close(ledger, ADA, incident, "ACT-9", "done")
    assert actions.left_over(ledger, today, overdue=True) == []


@pytest.mark.parametrize("wrong", ["", "soon", "2026-13-01"])
def test_an_action_needs_a_real_day(ledger: Ledger, wrong: str) -> None:
    incident = declare(ledger, ADA, "x", "P1")
    with pytest.raises(InvalidRequest, match="is no day"):
        actions.add(ledger, ADA, incident, "x", "ada", wrong)


def test_link_and_unlink(ledger: Ledger) -> None:
    tell(ledger)
    incident = declare(ledger, ADA, "another", "P1")
    links.link(ledger, ADA, incident, RUN)
    assert list(streams(ledger, incident)) == [incident, RUN]
    with pytest.raises(Refusal, match="already"):
        links.link(ledger, ADA, incident, RUN)
    links.unlink(ledger, ADA, incident, RUN, "the wrong one")
    assert list(streams(ledger, incident)) == [incident]
    assert f"run {RUN} unlinked by ada: the wrong one" in "\n".join(map(str, timeline(ledger, incident)))
    with pytest.raises(InvalidRequest, match="not linked"):
        links.unlink(ledger, ADA, incident, RUN, "again")
    with pytest.raises(InvalidRequest, match="no run RUN-none"):
        links.link(ledger, ADA, incident, "RUN-none")


def test_a_merged_record_is_read_as_part_of_the_other_and_written_no_more(ledger: Ledger) -> None:
    tell(ledger)
    into = declare(ledger, ADA, "the API is down too", "P0")
    links.merge(ledger, ADA, INC, into, "the same outage")

    assert list(streams(ledger, into)) == [into, INC, RUN]
    assert {line.event.stream for line in timeline(ledger, into)} == {into, INC, RUN}
    said = markdown(ledger, into)
    assert f"Run `{RUN}`" in said
    attempts: list[Callable[[], object]] = [
        lambda: note(ledger, ADA, INC, "x"),
        lambda: lifecycle.move(ledger, ADA, INC, "mitigated"),
        lambda: links.merge(ledger, ADA, INC, into, "again"),
        lambda: links.merge(ledger, ADA, into, INC, "back"),
    ]
    for attempt in attempts:
        with pytest.raises(Refusal, match=f"merged into {into}"):
            attempt()
    with pytest.raises(Refusal, match="into itself"):
        links.merge(ledger, ADA, into, into, "x")


def test_a_handover_is_a_card_and_one_acceptance(ledger: Ledger) -> None:
    tell(ledger)
    lifecycle.cast(ledger, ADA, INC, "commander", "ada")
    handover.offer(ledger, ADA, INC, "bob")
    card = record(ledger, INC).handovers["HO-1"].offered.fact.card
    for said in (INC, "acknowledged", "commander: ada", RUN, "unknown: restart on web-2", "alert on memory", "note:"):
        assert said in card
    handover.accept(ledger, BOB, INC)
    found = record(ledger, INC)
    assert found.roles["commander"] == "bob"
    with pytest.raises(Refusal, match="HO-1 was accepted by bob already"):
        handover.accept(ledger, ADA, INC)
    with pytest.raises(InvalidRequest, match="no handover HO-7"):
        handover.accept(ledger, ADA, INC, "HO-7")


def test_the_beginning_is_stated_and_never_in_the_future(ledger: Ledger) -> None:
    began = datetime(2026, 11, 1, 14, 5, tzinfo=UTC)
    assert record(ledger, declare(ledger, ADA, "x", "P1", began=began)).began == began
    with pytest.raises(InvalidRequest, match="in the future"):
        declare(ledger, ADA, "x", "P1", began=datetime(2999, 1, 1, tzinfo=UTC))
