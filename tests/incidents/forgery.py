"""What the forgers of both mutation tests share: a true record, a check of it, and a stream told another way."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path

from incidents.bundle import check_bundle, pack
from incidents.chain import START, canonical, data_digest, header_hash
from incidents.event import Event
from incidents.ledger.sqlite import open_sqlite
from incidents.linked import streams
from incidents.proof import Proof, prove
from incidents.signing import HeadText, KeyRing
from tests.incidents.true_story import INC, RUN, tell

EACH = 100


@dataclass(frozen=True)
class Kept:
    """A ledger and a bundle of one record, and the heads that somebody wrote down."""

    ledger: Path
    bundle: Path
    heads: list[HeadText]
    keys: KeyRing


def prove_ledger(file: Path, heads: list[HeadText]) -> Proof:
    ledger = open_sqlite(file, ballast_bytes=0)
    try:
        return prove(INC, streams(ledger, INC), ledger, heads)
    finally:
        ledger.close()


def keep(folder: Path) -> Kept:
    """Tells the story into a ledger, packs it, and keeps the heads."""
    ledger = open_sqlite(folder / "ledger.db", ballast_bytes=0)
    tell(ledger)
    keys = KeyRing(folder / "keys")
    pack(ledger, INC, keys, folder / "bundle.zip")
    ledger.close()
    proof = check_bundle(folder / "bundle.zip", [])
    assert not proof.flaws
    assert {head.stream for head in proof.heads} == {INC, RUN}
    return Kept(folder / "ledger.db", folder / "bundle.zip", list(proof.heads), keys)


def rewritten(events: list[Event], rnd: random.Random) -> list[Event]:
    """The stream with one event changed, hashed anew from there: a perfect chain, with another end."""
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
