"""The ledger is checked whole, a backup is proven by restoring it, and only what is old and no evidence may go."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from incidents.desk import declare, note, record
from incidents.desk.links import merge
from incidents.event import Subject, now
from incidents.ids import run_id
from incidents.ledger import copies, open_ledger
from incidents.ledger.protocol import Batch, Entry, Ledger, LedgerError
from incidents.upkeep import RETENTION, check, prunable, prune, try_restore
from incidents.vocabulary import draft, read
from incidents.vocabulary.incident import RunLinked, StreamPruned
from incidents.vocabulary.run import RunPlanned
from tests.incidents.true_story import ADA, INC, RUN, tell


def later(days: float) -> datetime:
    return now() + timedelta(days=days)


def names(ledger: Ledger, at: datetime) -> list[str]:
    return [entry.record.incident for entry in prunable(ledger, at)]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    ledger = open_ledger(tmp_path / "var")
    tell(ledger)
    ledger.close()
    yield tmp_path / "var"


def test_a_true_ledger_is_whole(ledger: Ledger) -> None:
    tell(ledger)
    declare(ledger, ADA, "another", "P2")
    assert list(check(ledger)) == []


def test_every_flaw_of_every_stream_is_found_once(home: Path) -> None:
    with closing(sqlite3.connect(home / "ledger.db")) as db, db:
        db.execute("UPDATE events SET actor = 'mallory' WHERE stream = ? AND seq = 3", [RUN])
    ledger = open_ledger(home)
    assert [flaw.where for flaw in check(ledger)] == [f"{RUN}#3"]
    ledger.close()


@pytest.mark.parametrize("kind", ["incident", "maintenance", "check"])
def test_each_kind_has_its_time(ledger: Ledger, kind: str) -> None:
    incident = declare(ledger, ADA, "x", "P2", kind)
    days = RETENTION[kind].days
    assert names(ledger, later(days - 1)) == []
    assert names(ledger, later(days + 1)) == [incident]
    drill = declare(ledger, ADA, "x", "P2", kind, drill=True)
    assert drill in names(ledger, later(RETENTION["drill"].days + 1))


def test_what_goes_is_gone_and_written_down(ledger: Ledger) -> None:
    tell(ledger)
    stays = declare(ledger, ADA, "young", "P1")
    heads = {stream: head for stream in (INC, RUN) if (head := ledger.head(stream))}
    [entry] = [entry for entry in prunable(ledger, later(800)) if entry.record.incident == INC]
    report = prune(ledger, ADA, entry)

    for stream in (INC, RUN):
        assert ledger.read(stream) == []
        assert ledger.head(stream) is None
        assert ledger.outputs(stream) == []
    said = [fact for event in ledger.read(report) if isinstance(fact := read(event), StreamPruned)]
    assert {fact.stream: (fact.seq, fact.hash) for fact in said} == {
        stream: (head.seq, head.hash) for stream, head in heads.items()
    }
    assert record(ledger, report).status == "resolved"
    assert list(check(ledger)) == []
    note(ledger, ADA, stays, "the ledger goes on")
    positions = [event.position for event in ledger.feed()]
    assert positions == sorted(set(positions))


@pytest.mark.parametrize(("book", "family"), [("anything", "security"), ("security-incident", "emergency")])
def test_security_records_are_kept(ledger: Ledger, book: str, family: str) -> None:
    run, incident = run_id(), declare(ledger, ADA, "a break-in", "P0")
    planned = RunPlanned(run, incident, {"id": book}, {}, [], {}, {}, {}, {}, "", family=family)
    ledger.commit(
        Batch(
            [
                Entry(run, [draft(planned, ADA, Subject(run))], opens="run"),
                Entry(incident, [draft(RunLinked(run, book, "x"), ADA)]),
            ]
        )
    )
    assert names(ledger, later(100_000)) == []


def test_what_another_record_needs_is_kept(ledger: Ledger) -> None:
    tell(ledger)
    into = declare(ledger, ADA, "the same", "P1")
    ledger.commit(Batch([Entry(into, [draft(RunLinked(RUN, "server-down", "x"), ADA)])]))
    [entry, _] = prunable(ledger, later(800))
    assert [head.stream for head in entry.streams] == [INC], "the run is linked from elsewhere, too"
    merge(ledger, ADA, INC, into, "the same outage")
    [whole] = prunable(ledger, later(800))
    assert {head.stream for head in whole.streams} == {into, INC, RUN}, "merged records go together"
    ledger.acquire(RUN, "ctrl")
    assert names(ledger, later(800)) == [], "a run is being driven"


def test_a_backup_of_a_ledger_in_use_is_proven_by_a_trial_restore(home: Path) -> None:
    ledger = open_ledger(home)
    incident = declare(ledger, ADA, "still in the log only", "P1")
    path = copies.backup(home)
    note(ledger, ADA, incident, "after the backup")

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent == home / "backups"
    tried = try_restore(path)
    assert (tried.records, tried.runs, tried.flaws) == (2, 1, [])
    assert tried.events == sum(head.seq for head in [*ledger.heads("incident"), *ledger.heads("run")]) - 1
    ledger.close()

    aside = copies.replace(path, home)
    assert aside
    restored = open_ledger(home)
    assert [event.kind for event in restored.read(incident)] == ["IncidentOpened"]
    note(restored, ADA, incident, "life goes on")
    assert list(check(restored)) == []
    restored.close()
    kept = sqlite3.connect(aside)
    assert kept.execute("SELECT count(*) FROM events WHERE stream = ?", [incident]).fetchone() == (2,)
    kept.close()


def test_a_process_that_had_the_old_ledger_open_is_told(home: Path) -> None:
    ledger = open_ledger(home)
    path = copies.backup(home)
    copies.replace(path, home)
    with pytest.raises(LedgerError, match="was moved, removed or replaced"):
        note(ledger, ADA, INC, "lost otherwise")
    ledger.close()


def test_a_bad_backup_is_refused_before_anything_is_replaced(home: Path, tmp_path: Path) -> None:
    good = copies.backup(home).read_bytes()
    bad = tmp_path / "bad.db"
    for data in (b"", b"not a database", good[: len(good) // 2]):
        bad.write_bytes(data)
        with pytest.raises(LedgerError):
            try_restore(bad)
    bad.write_bytes(good)
    with closing(sqlite3.connect(bad)) as db, db:
        db.execute('UPDATE events SET data = \'{"text":"x"}\' WHERE stream = ? AND seq = 5', [INC])
    assert [flaw.where for flaw in try_restore(bad).flaws] == [f"{INC}#5"]


def test_a_backup_overwrites_nothing(home: Path, tmp_path: Path) -> None:
    copies.backup(home, tmp_path / "one.db")
    with pytest.raises(LedgerError, match="there already"):
        copies.backup(home, tmp_path / "one.db")
    with pytest.raises(LedgerError, match="no ledger"):
        copies.backup(tmp_path / "nowhere")
