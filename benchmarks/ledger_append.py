"""What an append costs: the SQLite ledger beside a bare sqlite3 INSERT with the same durability, in the same run.

    .venv/bin/python benchmarks/ledger_append.py [--quick] [--json]

Every append is one event, sealed into its chain and synced to disk when `commit` returns. The bare peer writes a row
of the same text and nothing else: no chain, no heads, no order over all streams. Rounds are interleaved.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from incidents.event import Actor, Draft
from incidents.ledger.protocol import Batch, Entry
from incidents.ledger.sqlite import open_sqlite

ACTOR = Actor("bench", "benchmark")
TEXT = "a note of about the length that people and steps leave behind, no more"
GROUP = 100
Append = Callable[[int], None]
"""Appends so many events in one transaction."""


def ours(folder: Path) -> Append:
    """The ledger."""
    ledger = open_sqlite(folder / "ledger.db")

    def append(events: int) -> None:
        drafts = [Draft("NoteAdded", {"text": TEXT}, ACTOR) for _ in range(events)]
        ledger.commit(Batch([Entry("INC-1", drafts, opens="incident")]))

    return append


def bare(folder: Path) -> Append:
    """Only the database."""
    database = sqlite3.connect(folder / "bare.db", isolation_level=None, timeout=10)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        database.execute(f"PRAGMA {pragma}")
    database.execute("CREATE TABLE IF NOT EXISTS events (position INTEGER PRIMARY KEY, data TEXT NOT NULL)")

    def append(events: int) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO events (data) VALUES (?)", [(TEXT,)] * events)
        database.execute("COMMIT")

    return append


PEERS: dict[str, Callable[[Path], Append]] = {"ledger": ours, "bare sqlite3": bare}


def timed(append: Append, times: int, events: int) -> float:
    """Events a second."""
    start = time.perf_counter()
    for _ in range(times):
        append(events)
    return times * events / (time.perf_counter() - start)


def worker(peer: str, folder: Path, times: int, ready: object, results: object) -> None:
    """One of two processes."""
    append = PEERS[peer](folder)
    append(1)
    ready.wait()  # type: ignore[attr-defined]
    results.put(timed(append, times, 1))  # type: ignore[attr-defined]


def two_processes(peer: str, folder: Path, times: int) -> float:
    """Events a second of both together, on one file."""
    spawn = multiprocessing.get_context("spawn")
    ready, results = spawn.Barrier(2), spawn.Queue()
    processes = [spawn.Process(target=worker, args=(peer, folder, times, ready, results)) for _ in range(2)]
    for process in processes:
        process.start()
    both: list[float] = [results.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    return sum(both)


def measure(rounds: int, times: int) -> dict[str, dict[str, float]]:
    """Medians by way of appending and peer."""
    found: dict[str, dict[str, list[float]]] = {way: {peer: [] for peer in PEERS} for way in WAYS}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        appends = {peer: make(folder) for peer, make in PEERS.items()}
        for append in appends.values():
            timed(append, 50, 1)
        for _ in range(rounds):
            for peer, append in appends.items():
                found["single"][peer].append(timed(append, times, 1))
                found[f"groups of {GROUP}"][peer].append(timed(append, max(1, times // 20), GROUP))
                found["two processes"][peer].append(two_processes(peer, folder, times))
    return {way: {peer: statistics.median(values) for peer, values in peers.items()} for way, peers in found.items()}


WAYS = ("single", f"groups of {GROUP}", "two processes")


def ratio(peers: dict[str, float]) -> float:
    """Ours over the bare peer's."""
    return peers["ledger"] / peers["bare sqlite3"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a taste, in a few seconds")
    parser.add_argument("--json", action="store_true", help="and one line to read by machine")
    given = parser.parse_args()
    found = measure(rounds=2 if given.quick else 7, times=100 if given.quick else 1000)
    print(f"{'events a second':<20}{'ledger':>12}{'bare sqlite3':>14}{'ratio':>8}")
    for way, peers in found.items():
        print(f"{way:<20}{peers['ledger']:>12,.0f}{peers['bare sqlite3']:>14,.0f}{ratio(peers):>8.2f}")
    if given.json:
        told = {
            way: {peer: round(value) for peer, value in peers.items()} | {"ratio": round(ratio(peers), 3)}
            for way, peers in found.items()
        }
        print(json.dumps({"schema": "watchbook/bench/1", "bench": "ledger_append", "events_per_second": told}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
