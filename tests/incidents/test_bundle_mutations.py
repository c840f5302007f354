"""A hundred random changes to a bundle, by forgers who have all but the ledger's key: none goes unseen."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from incidents.bundle import check_bundle, pack
from incidents.bundle.layout import MANIFEST, SEAL, event_line, manifest_message, read_event
from incidents.chain import canonical
from incidents.ledger.sqlite import open_sqlite
from incidents.signing import HeadText, KeyRing, head_message
from tests.incidents.forgery import EACH, Kept, keep, rewritten
from tests.incidents.true_story import INC, RUN


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return keep(tmp_path_factory.mktemp("kept"))


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
