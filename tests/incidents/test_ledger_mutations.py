"""A hundred random changes to a ledger's file: none goes unseen when heads were kept outside."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from incidents.bundle import check_bundle
from incidents.chain import canonical
from incidents.event import Event
from tests.incidents.forgery import EACH, Kept, keep, prove_ledger, rewritten
from tests.incidents.true_story import INC, RUN


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep(tmp_path_factory.mktemp("kept"))


def test_untouched_they_are_whole(kept: Kept, tmp_path: Path) -> None:
    shutil.copy(kept.ledger, tmp_path / "ledger.db")
    for proof in (prove_ledger(tmp_path / "ledger.db", kept.heads), check_bundle(kept.bundle, kept.heads)):
        assert proof.flaws == []
        assert not any("cut off" in thing for thing in proof.unknown)
        assert not any("Whether the key" in thing for thing in proof.unknown)


def test_without_a_head_from_outside_truncation_is_said_to_be_unknown(kept: Kept, tmp_path: Path) -> None:
    shutil.copy(kept.ledger, tmp_path / "ledger.db")
    for proof in (prove_ledger(tmp_path / "ledger.db", []), check_bundle(kept.bundle, [])):
        assert any(f"after {INC}#7 were cut off" in thing for thing in proof.unknown)
        assert any("Whether events after RUN-" in thing for thing in proof.unknown)
    assert any("Whether the key" in thing for thing in check_bundle(kept.bundle, []).unknown)


# Mutations of the ledger's file. Each answers what it did; ALTER names every column that the chain must cover.

ALTER = ("at", "recorded", "actor", "via", "assurance", "kind", "v", "run", "step", "host", "attempt", "data", "salt",
         "digest", "prev", "hash", "seq", "stream")  # fmt: skip


def edit(db: sqlite3.Connection, rnd: random.Random) -> str:
    column = rnd.choice(ALTER)
    position, value = rnd.choice(db.execute(f"SELECT position, {column} FROM events ORDER BY position").fetchall())
    other: object
    if column == "data":
        other = json.dumps(json.loads(value) | {"text": "it was not me"}, sort_keys=True, separators=(",", ":"))
    elif column in ("at", "recorded"):
        other = value[:-7] + f"{(int(value[-7:-1]) + 1) % 1_000_000:06d}Z"
    elif isinstance(value, int):
        other = value + 100
    elif isinstance(value, bytes):
        other = bytes(value[:-1]) + bytes([value[-1] ^ 1])
    else:
        other = RUN if value == INC else INC if value == RUN else "0" + value[1:] if value[:1] not in ("", "0") else "1"
    away = ", seq = seq + 50" if column == "stream" else ""
    db.execute(f"UPDATE events SET {column} = ?{away} WHERE position = ?", [other, position])
    return f"{column} of event {position}"


def drop(db: sqlite3.Connection, rnd: random.Random) -> str:
    position = rnd.choice([row[0] for row in db.execute("SELECT position FROM events")])
    db.execute("DELETE FROM events WHERE position = ?", [position])
    return f"drop {position}"


def truncate(db: sqlite3.Connection, rnd: random.Random) -> str:
    """Cuts the end off and makes the list of streams agree with what is left."""
    stream = rnd.choice([INC, RUN])
    last = rnd.randint(2, 5)
    db.execute("DELETE FROM events WHERE stream = ? AND seq > ?", [stream, last])
    head = "(SELECT {} FROM events WHERE stream = :s AND seq = :n)"
    db.execute(
        f"UPDATE streams SET seq = :n, hash = {head.format('hash')}, last = {head.format('recorded')} WHERE id = :s",
        {"s": stream, "n": last},
    )
    return f"truncate {stream} after {last}"


def swap(db: sqlite3.Connection, rnd: random.Random) -> str:
    """Two events of a stream trade places, seq and position; everything they say stays."""
    rows = db.execute("SELECT position, seq FROM events WHERE stream = ?", [rnd.choice([INC, RUN])]).fetchall()
    (a, m), (b, n) = rnd.sample(rows, 2)
    db.execute("UPDATE events SET position = -1, seq = -1 WHERE position = ?", [a])
    db.execute("UPDATE events SET position = ?, seq = ? WHERE position = ?", [a, m, b])
    db.execute("UPDATE events SET position = ?, seq = ? WHERE position = -1", [b, n])
    return f"swap {a} and {b}"


def reorder(db: sqlite3.Connection, rnd: random.Random) -> str:
    """Two events of a stream trade only their places over all streams."""
    rows = db.execute("SELECT position FROM events WHERE stream = ?", [rnd.choice([INC, RUN])]).fetchall()
    (a,), (b,) = rnd.sample(rows, 2)
    db.execute("UPDATE events SET position = -1 WHERE position = ?", [a])
    db.execute("UPDATE events SET position = ? WHERE position = ?", [a, b])
    db.execute("UPDATE events SET position = ? WHERE position = -1", [b])
    return f"reorder {a} and {b}"


def change_blob(db: sqlite3.Connection, rnd: random.Random) -> str:
    """Other bytes, under their own true name when the forger is careful."""
    rows = db.execute("SELECT stream, output, offset, length, blob FROM chunks").fetchall()
    stream, output, offset, length, blob = rnd.choice(rows)
    [(packed,)] = db.execute("SELECT packed FROM blobs WHERE sha256 = ?", [blob]).fetchall()
    data = bytearray(zlib.decompress(packed))
    data[rnd.randrange(length)] ^= 1
    if rnd.random() < 0.5:
        db.execute("UPDATE blobs SET packed = ? WHERE sha256 = ?", [zlib.compress(data), blob])
        return f"careless blob of {output}"
    name = hashlib.sha256(data).hexdigest()
    db.execute("INSERT INTO blobs VALUES (?, ?)", [name, zlib.compress(data)])
    key = [name, stream, output, offset]
    db.execute("UPDATE chunks SET blob = ? WHERE stream = ? AND output = ? AND offset = ?", key)
    return f"careful blob of {output}"


def lose_chunk(db: sqlite3.Connection, rnd: random.Random) -> str:
    db.execute("DELETE FROM chunks WHERE rowid = ?", rnd.choice(db.execute("SELECT rowid FROM chunks").fetchall()))
    return "a chunk is gone"


def unlink(db: sqlite3.Connection, rnd: random.Random) -> str:
    db.execute("DELETE FROM chunks WHERE stream = ?", [RUN])
    db.execute("DELETE FROM events WHERE stream = ?", [RUN])
    db.execute("DELETE FROM streams WHERE id = ?", [RUN])
    return "the whole run is gone"


def forge(db: sqlite3.Connection, rnd: random.Random) -> str:
    """Changes one event and hashes the stream anew from there: a perfect chain, with another end."""
    stream = rnd.choice([INC, RUN])
    db.row_factory = sqlite3.Row
    rows = db.execute("SELECT * FROM events WHERE stream = ? ORDER BY seq", [stream]).fetchall()
    events = rewritten([_event(row) for row in rows], rnd)
    for event in events:
        db.execute(
            "UPDATE events SET data = ?, digest = ?, prev = ?, hash = ? WHERE stream = ? AND seq = ?",
            [canonical(event.data or {}).decode(), event.digest, event.prev, event.hash, stream, event.seq],
        )
    db.execute("UPDATE streams SET hash = ? WHERE id = ?", [events[-1].hash, stream])
    return f"forge {stream}"


def _event(row: sqlite3.Row) -> Event:
    from incidents.ledger.rows import event_of

    return event_of(row)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(EACH))
def test_no_change_of_the_ledger_goes_unseen(kept: Kept, tmp_path: Path, seed: int) -> None:
    rnd = random.Random(seed)
    ways: list[Callable[[sqlite3.Connection, random.Random], str]] = [
        edit, edit, edit, drop, truncate, swap, reorder, change_blob, lose_chunk, unlink, forge,
    ]  # fmt: skip
    file = tmp_path / "ledger.db"
    shutil.copy(kept.ledger, file)
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("PRAGMA foreign_keys=OFF")
        done = ways[seed % len(ways)](db, rnd)
    flaws = prove_ledger(file, kept.heads).flaws
    assert flaws, done
