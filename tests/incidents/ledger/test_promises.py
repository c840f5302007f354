"""What every ledger promises, asked of SQLite and of its twin in memory alike."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from incidents.chain import verify
from incidents.event import Actor, Draft, now
from incidents.ledger.protocol import Batch, Chunk, Conflict, Entry, Fenced, Held, Lease, Ledger, LedgerError

Note = Callable[..., Draft]


def entry(stream: str, *drafts: Draft, expect: int | None = None) -> Entry:
    return Entry(stream, drafts, expect, "incident")


def test_seq_orders_a_stream_and_position_the_ledger(ledger: Ledger, note: Note) -> None:
    ledger.commit(Batch([entry("INC-1", note("a"), note("b")), entry("INC-2", note("c"))]))
    ledger.commit(Batch([entry("INC-1", note("d"))]))

    assert [(e.stream, e.seq, e.position) for e in ledger.feed()] == [
        ("INC-1", 1, 1), ("INC-1", 2, 2), ("INC-2", 1, 3), ("INC-1", 3, 4),
    ]  # fmt: skip


def test_what_commit_returns_is_what_readers_read(ledger: Ledger, note: Note) -> None:
    given = ledger.commit(
        Batch([entry("INC-1", note("ä 🦊 \x00 \u2028", f=2.0, n=2**70, deep=[{"b": None, "a": True}]))])
    )

    assert ledger.read("INC-1") == given == ledger.feed()
    assert type(given[0].data["f"]) is float if given[0].data else False


def test_read_after_and_of_nothing(ledger: Ledger, note: Note) -> None:
    ledger.commit(Batch([entry("INC-1", note("a"), note("b"), note("c"))]))

    assert [e.seq for e in ledger.read("INC-1", after=1)] == [2, 3]
    assert ledger.read("INC-1", after=9) == []
    assert ledger.read("INC-none") == []


def test_feed_goes_on_where_it_was_left(ledger: Ledger, note: Note) -> None:
    ledger.commit(Batch([entry("INC-1", *(note(str(n)) for n in range(5)))]))

    first = ledger.feed(limit=3)
    assert [e.position for e in first] == [1, 2, 3]
    assert [e.position for e in ledger.feed(after=3)] == [4, 5]


def test_expect_refuses_who_came_second_and_leaves_nothing(ledger: Ledger, note: Note) -> None:
    ledger.commit(Batch([entry("INC-1", note(), expect=0)]))

    with pytest.raises(Conflict, match="stands at #1, not at #0"):
        ledger.commit(Batch([entry("INC-2", note()), entry("INC-1", note(), expect=0)]))
    assert ledger.read("INC-2") == []
    ledger.commit(Batch([entry("INC-1", note(), expect=1)]))
    assert len(ledger.read("INC-1")) == 2


def test_expect_counts_within_one_batch(ledger: Ledger, note: Note) -> None:
    ledger.commit(Batch([entry("INC-1", note(), expect=0), entry("INC-1", note(), expect=1)]))
    assert [e.seq for e in ledger.read("INC-1")] == [1, 2]


def test_a_stream_must_be_opened_as_what_it_is(ledger: Ledger, note: Note) -> None:
    with pytest.raises(LedgerError, match="no stream INC-9"):
        ledger.commit(Batch([Entry("INC-9", [note()])]))
    ledger.commit(Batch([entry("INC-9", note())]))
    ledger.commit(Batch([Entry("INC-9", [note()])]))
    with pytest.raises(LedgerError, match="of kind incident, not run"):
        ledger.commit(Batch([Entry("INC-9", [note()], opens="run")]))


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", "ä", "a" * 65, "a\n", "a/b"])
def test_names_that_are_no_names(ledger: Ledger, note: Note, name: str) -> None:
    with pytest.raises(LedgerError, match="cannot name a stream"):
        ledger.commit(Batch([entry(name, note())]))
    with pytest.raises(LedgerError, match="cannot name a stream"):
        ledger.acquire(name, "me")


@pytest.mark.parametrize(
    "data",
    [{"x": float("nan")}, {"x": float("inf")}, {"x": "\udcff"}, {"x": b"bytes"}, {"x": datetime(2026, 1, 1)}],
)
def test_what_json_cannot_say_is_refused_whole(ledger: Ledger, note: Note, data: dict[str, object]) -> None:
    with pytest.raises(LedgerError, match="NoteAdded for INC-1 cannot be recorded"):
        ledger.commit(Batch([entry("INC-1", note("good"), note(**data))]))
    assert ledger.read("INC-1") == []


def test_a_time_without_zone_and_too_much_data_are_refused(ledger: Ledger, note: Note) -> None:
    naive = Draft("NoteAdded", {}, Actor("ada", "terminal"), at=datetime(2026, 1, 1))
    with pytest.raises(LedgerError, match="no zone"):
        ledger.commit(Batch([entry("INC-1", naive)]))
    with pytest.raises(LedgerError, match="an event may have 4194304"):
        ledger.commit(Batch([entry("INC-1", note("x" * 4_194_305))]))


def test_both_clocks_are_kept(ledger: Ledger) -> None:
    wrong = now() - timedelta(days=400)
    before = now()
    [event] = ledger.commit(Batch([entry("INC-1", Draft("NoteAdded", {}, Actor("a", "b"), at=wrong))]))

    assert event.at == wrong
    assert before <= event.recorded <= now()
    assert ledger.heads("incident")[0].opened == event.recorded


def test_events_do_not_share_their_data_with_the_writer(ledger: Ledger, note: Note) -> None:
    shared: list[object] = [1]
    ledger.commit(Batch([entry("INC-1", note("x", shared=shared))]))
    shared.append(2)

    [event] = ledger.read("INC-1")
    assert event.data is not None
    assert event.data["shared"] == [1]
    assert verify([event]).faults == ()


def test_heads_newest_first_by_kind(ledger: Ledger, note: Note) -> None:
    for n in range(3):
        ledger.commit(Batch([entry(f"INC-{n}", note()), Entry(f"RUN-{n}", [note()], opens="run")]))
    [last] = ledger.commit(Batch([entry("INC-0", note())]))

    assert [head.stream for head in ledger.heads("incident")] == ["INC-2", "INC-1", "INC-0"]
    assert [head.stream for head in ledger.heads("run", limit=2)] == ["RUN-2", "RUN-1"]
    oldest = ledger.heads("incident")[-1]
    assert (oldest.kind, oldest.seq, oldest.hash, oldest.last) == ("incident", 2, last.hash, last.recorded)


def test_find_by_end_start_and_whole(ledger: Ledger, note: Note) -> None:
    for stream in ("INC-20260101-0101-AAAAA", "INC-20260102-0101-7K3FQ", "INC-20260103-0101-BBBBB", "7K3FQ"):
        ledger.commit(Batch([entry(stream, note())]))

    assert ledger.find("7k3fq") == ["7K3FQ", "INC-20260102-0101-7K3FQ"]
    assert ledger.find("inc-2026010") == [
        "INC-20260103-0101-BBBBB", "INC-20260102-0101-7K3FQ", "INC-20260101-0101-AAAAA",
    ]  # fmt: skip
    assert ledger.find("BBBB") == ["INC-20260103-0101-BBBBB"]
    assert ledger.find("") == ledger.find("%") == ledger.find("_") == ledger.find("20260102") == []


def test_find_at_most_ten_the_newest(ledger: Ledger, note: Note) -> None:
    ledger.commit(Batch([entry(f"INC-{n:02}", note()) for n in range(12)]))
    assert ledger.find("INC") == [f"INC-{n:02}" for n in range(11, 1, -1)]


def test_output_is_dense_and_cut_to_size(ledger: Ledger, note: Note) -> None:
    data = bytes(range(256)) * 2600
    ledger.commit(Batch([entry("RUN-1", note())], [Chunk("RUN-1", "a/web-1/1/out", 0, data[:600_000])]))
    ledger.commit(Batch(chunks=[Chunk("RUN-1", "a/web-1/1/out", 600_000, data[600_000:])]))

    kept = list(ledger.output("RUN-1", "a/web-1/1/out"))
    assert [(c.offset, len(c.data)) for c in kept] == [
        (0, 262_144), (262_144, 262_144), (524_288, 75_712), (600_000, 65_600),
    ]  # fmt: skip
    assert b"".join(c.data for c in kept) == data
    assert list(ledger.output("RUN-1", "other")) == list(ledger.output("RUN-2", "a/web-1/1/out")) == []


@pytest.mark.parametrize("offset", [0, 1, 262_143, 262_144, 600_000, 665_599, 665_600, 9_999_999])
def test_output_from_the_middle(ledger: Ledger, note: Note, offset: int) -> None:
    data = bytes(range(256)) * 2600
    ledger.commit(Batch([entry("RUN-1", note())], [Chunk("RUN-1", "out", 0, data)]))

    chunks = list(ledger.output("RUN-1", "out", offset))
    assert b"".join(c.data for c in chunks) == data[offset:]
    assert not chunks or chunks[0].offset == offset


def test_output_of_many_chunks(ledger: Ledger, note: Note) -> None:
    ledger.commit(Batch([entry("RUN-1", note())], [Chunk("RUN-1", "out", n * 3, b"abc") for n in range(50)]))
    assert b"".join(c.data for c in ledger.output("RUN-1", "out")) == b"abc" * 50


@pytest.mark.parametrize("offset", [0, 2, 4])
def test_no_byte_of_output_is_missing_doubled_or_overwritten(ledger: Ledger, note: Note, offset: int) -> None:
    ledger.commit(Batch([entry("RUN-1", note())], [Chunk("RUN-1", "out", 0, b"abc")]))

    with pytest.raises(Conflict, match=f"ends at 3, not at {offset}"):
        ledger.commit(Batch([entry("RUN-1", note())], [Chunk("RUN-1", "out", offset, b"x")]))
    assert len(ledger.read("RUN-1")) == 1


def test_output_needs_its_stream(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="no stream RUN-1"):
        ledger.commit(Batch(chunks=[Chunk("RUN-1", "out", 0, b"x")]))


def test_an_empty_batch_does_nothing(ledger: Ledger) -> None:
    assert ledger.commit(Batch()) == []


def test_a_lease_is_one_controllers(ledger: Ledger) -> None:
    lease = ledger.acquire("RUN-1", "ada")

    assert lease == Lease("RUN-1", 1, "ada")
    assert ledger.holder("RUN-1") == "ada"
    with pytest.raises(Held, match="driven by ada") as held:
        ledger.acquire("RUN-1", "bob")
    assert held.value.owner == "ada"
    assert ledger.acquire("RUN-2", "bob").epoch == 1


def test_a_released_lease_goes_on_with_the_next_epoch(ledger: Ledger) -> None:
    first = ledger.acquire("RUN-1", "ada")
    ledger.release(first)
    assert ledger.holder("RUN-1") is None
    second = ledger.acquire("RUN-1", "ada")
    assert second.epoch == 2
    ledger.release(first)
    assert ledger.holder("RUN-1") == "ada"
    ledger.release(second)
    ledger.release(second)
    assert ledger.holder("RUN-1") is None
    assert ledger.holder("RUN-none") is None


def test_a_stale_lease_is_fenced(ledger: Ledger, note: Note) -> None:
    first = ledger.acquire("RUN-1", "ada")
    ledger.commit(Batch([entry("RUN-1", note())], lease=first))
    ledger.release(first)
    with pytest.raises(Fenced, match="no longer ours: nobody has epoch 1"):
        ledger.commit(Batch([entry("RUN-1", note())], lease=first))
    ledger.acquire("RUN-1", "bob")
    with pytest.raises(Fenced, match="bob has epoch 2"):
        ledger.commit(Batch([entry("RUN-1", note())], lease=first))
    with pytest.raises(Fenced, match="never given"):
        ledger.commit(Batch(lease=Lease("RUN-9", 1, "ada")))
    assert len(ledger.read("RUN-1")) == 1


def test_a_lease_needs_an_owner(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="owner"):
        ledger.acquire("RUN-1", "")


def test_threads_share_a_ledger(ledger: Ledger, note: Note) -> None:
    def write(name: int) -> None:
        for n in range(20):
            ledger.commit(Batch([entry("INC-1", note(f"{name} {n}")), entry(f"INC-T{name}", note(str(n)))]))

    threads = [threading.Thread(target=write, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [e.position for e in ledger.feed()] == list(range(1, 201))
    for stream in ("INC-1", *(f"INC-T{n}" for n in range(5))):
        assert verify(ledger.read(stream)).faults == ()


def test_every_stream_is_chained(ledger: Ledger, note: Note) -> None:
    ledger.commit(Batch([entry("INC-1", note("a"), note("b")), entry("INC-2", note("a"))]))
    one, two = ledger.read("INC-1"), ledger.read("INC-2")

    assert one[1].prev == one[0].hash
    assert one[0].digest != two[0].digest, "the salt hides that both say the same"
    assert verify(one).faults == verify(two).faults == ()
