"""A full disk: the ballast is freed, the event and that fact are recorded; after that the ledger says it is full."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from incidents.chain import verify
from incidents.event import Draft
from incidents.ledger.protocol import Batch, Chunk, Entry, LedgerFull
from incidents.ledger.relational import RelationalLedger
from incidents.ledger.sqlite import open_sqlite

Note = Callable[..., Draft]
BALLAST = 256 * 1024


def entry(*drafts: Draft) -> Entry:
    return Entry("INC-1", drafts, opens="incident")


def kinds(ledger: RelationalLedger) -> list[str]:
    return [e.kind for e in ledger.read("INC-1")]


def limit_pages(ledger: RelationalLedger, pages: int) -> None:
    """A disk that is full for the database alone."""
    with ledger._engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def test_the_reserve_is_given_up_and_the_debt_is_written_down_later(tmp_path: Path, note: Note) -> None:
    ledger = open_sqlite(tmp_path / "ledger.db", BALLAST)
    ballast = tmp_path / "ledger.ballast"
    ledger.commit(Batch([entry(note())]))
    assert ballast.stat().st_size == BALLAST
    assert ballast.stat().st_blocks * 512 >= BALLAST

    limit_pages(ledger, 1)  # SQLite makes it the present size
    with pytest.raises(LedgerFull, match="disk is full") as caught:
        for _ in range(100):
            ledger.commit(Batch([entry(note("x" * 2000))]))
    assert "df -h" in caught.value.hint
    assert not ballast.exists()
    kept = len(ledger.read("INC-1"))

    limit_pages(ledger, 1_000_000)
    appended = ledger.commit(Batch([entry(note("after"))]))
    assert [e.kind for e in appended] == ["NoteAdded", "BallastFreed"]
    assert appended[1].data == {"freed": BALLAST, "detail": "the disk was full"}
    assert verify(ledger.read("INC-1")).faults == ()
    assert len(ledger.read("INC-1")) == kept + 2
    assert ballast.stat().st_size == BALLAST, "there is room again"
    assert [e.kind for e in ledger.commit(Batch([entry(note("later"))]))] == ["NoteAdded"]


def test_a_ledger_that_is_full_once_goes_on(tmp_path: Path, note: Note) -> None:
    """The first try of one commit meets a full disk, the second does not: nothing is lost, nothing is doubled."""
    ledger = open_sqlite(tmp_path / "ledger.db", BALLAST)
    ledger.commit(Batch([entry(note("first"))]))

    @event.listens_for(ledger._engine, "before_cursor_execute")
    def full_while_the_ballast_is_there(connection: object, cursor: object, statement: str, *_: object) -> None:
        pages = 1 if (tmp_path / "ledger.ballast").exists() else 1_000_000
        cursor.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    chunk = Chunk("INC-1", "out", 0, os.urandom(600_000))
    appended = ledger.commit(Batch([entry(note("second"))], [chunk]))

    assert [e.kind for e in appended] == ["NoteAdded", "BallastFreed"]
    assert kinds(ledger) == ["NoteAdded", "NoteAdded", "BallastFreed"]
    assert b"".join(c.data for c in ledger.output("INC-1", "out")) == chunk.data


def test_a_commit_that_writes_nothing_leaves_the_debt_for_the_next(tmp_path: Path, note: Note) -> None:
    ledger = open_sqlite(tmp_path / "ledger.db", BALLAST)
    ledger.commit(Batch([entry(note())]))
    limit_pages(ledger, 1)
    with pytest.raises(LedgerFull):
        ledger.commit(Batch([entry(note("x" * 100_000))]))
    limit_pages(ledger, 1_000_000)
    assert ledger.commit(Batch()) == []
    assert ledger.commit(Batch([Entry("INC-1", [], expect=1)])) == []
    assert [e.kind for e in ledger.commit(Batch(chunks=[Chunk("INC-1", "out", 0, b"x")]))] == ["BallastFreed"]
    assert kinds(ledger) == ["NoteAdded", "BallastFreed"]


def test_a_lease_is_given_back_though_the_disk_is_full(tmp_path: Path) -> None:
    ledger = open_sqlite(tmp_path / "ledger.db", BALLAST)
    lease = ledger.acquire("RUN-1", "x" * 3000)
    limit_pages(ledger, 1)

    @event.listens_for(ledger._engine, "before_cursor_execute")
    def full(connection: object, cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("UPDATE"):
            raise LedgerFull("no room")

    with pytest.raises(LedgerFull):
        ledger.release(lease)
    assert ledger.holder("RUN-1") is None


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Four MiB of disk."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "watchbook-test", disk], check=True)
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path) -> Path:
    """Fills the disk to its last byte."""
    filler = disk / "somebody-elses.log"
    with filler.open("ab", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return filler


@pytest.mark.needs("root")
def test_a_disk_that_is_really_full(small_disk: Path, note: Note) -> None:
    ledger = open_sqlite(small_disk / "ledger.db", BALLAST)
    ledger.commit(Batch([entry(note("before"))]))
    filler = fill(small_disk)

    for n in range(40):
        if "BallastFreed" in [e.kind for e in ledger.commit(Batch([entry(note(f"{n} " + "x" * 4000))]))]:
            break
    else:
        pytest.fail("the disk was never full")
    assert not (small_disk / "ledger.ballast").exists()
    ledger.commit(Batch([entry(note("there is room for the end of the story"))]))

    said = len(ledger.read("INC-1"))
    with pytest.raises(LedgerFull):
        for _ in range(200):
            ledger.commit(Batch([entry(note("x" * 4000))]))
            said += 1
    assert len(ledger.read("INC-1")) == said, "nothing acknowledged is lost, nothing refused is kept"
    assert verify(ledger.read("INC-1")).faults == ()

    filler.unlink()
    ledger.commit(Batch([entry(note("after"))]))
    assert (small_disk / "ledger.ballast").stat().st_size == BALLAST
    ledger.close()
    with closing(open_sqlite(small_disk / "ledger.db", BALLAST)) as again:
        assert verify(again.read("INC-1")).faults == ()


@pytest.mark.needs("root")
def test_a_ledger_is_opened_on_a_full_disk(small_disk: Path, note: Note) -> None:
    ledger = open_sqlite(small_disk / "ledger.db", BALLAST)
    ledger.commit(Batch([entry(note("before"))]))
    ledger.close()
    fill(small_disk)

    ledger = open_sqlite(small_disk / "ledger.db", BALLAST)
    lease = ledger.acquire("RUN-1", "me")
    ledger.commit(Batch([entry(note("at 3 a.m., the disk is full"))], lease=lease))

    assert kinds(ledger) == ["NoteAdded", "NoteAdded", "BallastFreed"]
    ledger.close()


@pytest.mark.needs("root")
def test_a_full_disk_without_any_ledger(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(LedgerFull, match="disk is full"):
        open_sqlite(small_disk / "ledger.db", BALLAST)
