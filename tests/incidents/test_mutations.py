"""Two hundred random changes to a ledger's file and to a bundle: none goes unseen when heads were kept outside."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from incidents.bundle import check_bundle, pack
from incidents.bundle.layout import MANIFEST, SEAL, event_line, manifest_message, read_event
from incidents.chain import START, canonical, data_digest, header_hash
from incidents.event import Event
from incidents.ledger.sqlite import open_sqlite
from incidents.linked import streams
from incidents.proof import Proof, prove
from incidents.signing import HeadText, KeyRing, head_message
from tests.incidents.true_story import INC, RUN, tell

EACH = 100


@dataclass(frozen=True)
class Kept:
    """A ledger and a bundle of one record, and the heads that somebody wrote down."""

    ledger: Path
    bundle: Path
    heads: list[HeadText]
    keys: KeyRing


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("kept")
    ledger = open_sqlite(folder / "ledger.db", ballast_bytes=0)
    tell(ledger)
    keys = KeyRing(folder / "keys")
    pack(ledger, INC, keys, folder / "bundle.zip")
    ledger.close()
    proof = check_bundle(folder / "bundle.zip", [])
    assert not proof.flaws
    assert {head.stream for head in proof.heads} == {INC, RUN}
    return Kept(folder / "ledger.db", folder / "bundle.zip", list(proof.heads), keys)


def prove_ledger(file: Path, heads: list[HeadText]) -> Proof:
    ledger = open_sqlite(file, ballast_bytes=0)
    try:
        return prove(INC, streams(ledger, INC), ledger, heads)
    finally:
        ledger.close()


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


def rewritten(events: list[Event], rnd: random.Random) -> list[Event]:
    from dataclasses import replace

    victim = rnd.randrange(len(events))
    told: list[Event] = []
    prev = START
    for number, event in enumerate(events):
        data = dict(event.data or {})
        if number == victim:
            data["told"] = "another way"
        event = replace(event, data=data, digest=data_digest(event.salt, canonical(data)), prev=prev)
        event = replace(event, hash=header_hash(event))
        told.append(event)
        prev = event.hash
    return told


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


# Mutations of the bundle. The forger has everything but the ledger's key, and signs with one of his own.


def rewrite(source: Path, target: Path, change: Callable[[dict[str, bytes]], str], keys: KeyRing | None) -> str:
    """Writes another bundle; with keys its digests, heads and signatures are made anew, as true as they can be."""
    with ZipFile(source) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    done = change(parts)
    if keys is not None:
        manifest = json.loads(parts[MANIFEST])
        for part in manifest["files"]:
            data = parts.get(part["name"], b"")
            part |= {"length": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        manifest["files"] = [part for part in manifest["files"] if part["name"] in parts]
        for stream in manifest["streams"]:
            lines = parts.get(f"streams/{stream['stream']}.jsonl", b"").splitlines()
            if lines:
                last = json.loads(lines[-1])
                stream |= {"seq": last["seq"], "hash": last["hash"], "last": last["recorded"]}
            head = HeadText(stream["stream"], stream["seq"], stream["hash"])
            stream["signature"] = asdict(keys.sign(head_message(head)))
        parts[MANIFEST] = canonical(manifest)
        parts[SEAL] = canonical(asdict(keys.sign(manifest_message(parts[MANIFEST]))))
    with ZipFile(target, "w", ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return done


def mutate(rnd: random.Random, way: str) -> Callable[[dict[str, bytes]], str]:
    def change(parts: dict[str, bytes]) -> str:
        stream = rnd.choice([INC, RUN])
        name = f"streams/{stream}.jsonl"
        lines = parts[name].splitlines(keepends=True)
        match way:
            case "edit":
                line = json.loads(lines[n := rnd.randrange(len(lines))])
                line["actor"]["id"] = "mallory"
                lines[n] = canonical(line) + b"\n"
            case "reorder":
                i, j = rnd.sample(range(len(lines)), 2)
                lines[i], lines[j] = lines[j], lines[i]
            case "drop":
                del lines[rnd.randrange(len(lines))]
            case "truncate":
                del lines[-1]
            case "swap":
                lines[0] = parts[f"streams/{RUN if stream == INC else INC}.jsonl"].splitlines(keepends=True)[0]
            case "forge":
                events = [read_event(json.loads(line), n) for n, line in enumerate(lines, 1)]
                lines = [event_line(event) for event in rewritten(events, rnd)]
            case "blob":
                name = rnd.choice([part for part in parts if part.startswith("outputs/")])
                data = bytearray(parts[name])
                data[rnd.randrange(len(data))] ^= 1
                parts[name] = bytes(data)
                return f"blob {name[:20]}"
            case "report":
                name = rnd.choice(["report.md", "report.html", "record.json"])
                parts[name] = parts[name].replace(b"down", b"fine")
                return name
            case "lose":
                del parts[rnd.choice(sorted(set(parts) - {MANIFEST, SEAL}))]
                return "lose a file"
            case "smuggle":
                parts["report.exe"] = b"MZ"
                return "one file more"
            case "key":
                return "signed anew"
        parts[name] = b"".join(lines)
        return f"{way} {name}"

    return change


WAYS = ("edit", "reorder", "drop", "truncate", "swap", "forge", "blob", "report", "lose", "smuggle")


@pytest.mark.parametrize("seed", range(EACH))
def test_no_change_of_a_bundle_goes_unseen(kept: Kept, tmp_path: Path, seed: int) -> None:
    rnd = random.Random(1000 + seed)
    way = WAYS[seed % len(WAYS)]
    # Every second forger signs with a key of his own; one more only signs anew what is true.
    mallory = KeyRing(tmp_path / "mallory") if (seed // len(WAYS)) % 2 else None
    if mallory and seed % len(WAYS) == len(WAYS) - 1:
        way = "key"
    done = rewrite(kept.bundle, tmp_path / "bundle.zip", mutate(rnd, way), mallory)
    assert check_bundle(tmp_path / "bundle.zip", kept.heads).flaws, done


@pytest.mark.parametrize("seed", range(40))
def test_a_flipped_bit_of_a_bundle_is_seen_or_changes_nothing(kept: Kept, tmp_path: Path, seed: int) -> None:
    data = bytearray(kept.bundle.read_bytes())
    data[random.Random(seed).randrange(len(data))] ^= 1 << seed % 8
    (tmp_path / "bundle.zip").write_bytes(data)
    if check_bundle(tmp_path / "bundle.zip", kept.heads).flaws:
        return
    with ZipFile(kept.bundle) as true, ZipFile(tmp_path / "bundle.zip") as flipped:
        assert {name: true.read(name) for name in true.namelist()} == {
            name: flipped.read(name) for name in flipped.namelist()
        }


def test_a_key_that_the_old_one_endorsed_is_believed(kept: Kept, tmp_path: Path) -> None:
    shutil.copytree(kept.ledger.parent / "keys", tmp_path / "keys")
    keys = KeyRing(tmp_path / "keys")
    new = keys.rotate()
    shutil.copy(kept.ledger, tmp_path / "ledger.db")
    ledger = open_sqlite(tmp_path / "ledger.db", ballast_bytes=0)
    pack(ledger, INC, keys, tmp_path / "bundle.zip")
    ledger.close()
    proof = check_bundle(tmp_path / "bundle.zip", kept.heads)
    assert not proof.flaws
    assert {head.key for head in proof.heads} == {new} != {kept.heads[0].key}
    assert not any("Whether the key" in thing for thing in proof.unknown)
