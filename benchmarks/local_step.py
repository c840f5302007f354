"""What a local read step costs: ours, with and without its two durable records, beside plain subprocess and Invoke.

    .venv/bin/python benchmarks/local_step.py [--quick] [--json]

The goal: at most 2 ms over plain `subprocess.run(["bash", "-c", "true"])`, records included. What the disk takes to
make two rows durable (0.1 ms here, 5 ms there) is measured with bare sqlite3 and told apart. Rounds are interleaved, so
that a busy machine slows all of them alike.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from invoke.context import Context

from engine.inventory.host import Host
from engine.reach.local import LocalReach
from engine.reach.place import Command, Stream
from incidents.event import Actor, Subject
from incidents.ledger.protocol import Batch, Entry
from incidents.ledger.sqlite import open_sqlite
from incidents.vocabulary.codec import draft
from incidents.vocabulary.run import StepFinished, StepStarted

GOAL_MS = 2.0
ACTOR = Actor("benchmark", "terminal")
STEP = Command("true")


def main() -> None:
    """Measures, prints a table, and with --json one line to read by machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rounds = 100 if asked.quick else 1000
    with tempfile.TemporaryDirectory() as folder:
        medians = measure(contestants(Path(folder)), rounds)
    over = medians["ours, recorded"] - medians["plain subprocess"]
    disk = medians["two durable rows"]
    for name, median in medians.items():
        print(f"{name:<20}{median:8.2f} ms  {median / medians['plain subprocess']:6.2f} x")
    print(f"ours, recorded, over plain subprocess: {over:.2f} ms, of it {disk:.2f} the disk's (goal: {GOAL_MS:.1f})")
    if asked.json:
        met = over - disk <= GOAL_MS
        print(
            json.dumps(
                {
                    "schema": "watchbook/bench/1",
                    "bench": "local_step",
                    "ms": medians,
                    "over": over,
                    "disk": disk,
                    "met": met,
                }
            )
        )


def contestants(folder: Path) -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    place = LocalReach().place(Host("local"))
    invoke = Context()
    ledger = open_sqlite(folder / "ledger.db", ballast_bytes=0)
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.executescript("pragma journal_mode=wal; pragma synchronous=full; create table line (text)")
    subject = Subject("run", "look", "local", 1)

    def record(fact: StepStarted | StepFinished, opens: bool = False) -> None:
        ledger.commit(Batch((Entry("run", (draft(fact, ACTOR, subject),), opens="run" if opens else None),)))

    def recorded() -> None:
        record(StepStarted("run", "read", "true", 60.0))
        done = place.run(STEP, nobody)
        record(StepFinished("ok", done.exit, done.seconds, ""))

    record(StepStarted("run", "read", "true", 60.0), opens=True)

    def two_rows() -> None:
        for _ in range(2):
            bare.execute("insert into line values (?)", ("x" * 500,))

    return {
        "plain subprocess": lambda: subprocess.run(["bash", "-c", "true"], check=True),
        "stock Invoke": lambda: invoke.run("true", in_stream=False, hide=True),
        "ours": lambda: place.run(STEP, nobody),
        "ours, recorded": recorded,
        "two durable rows": two_rows,
    }


def measure(runs: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median of each, in milliseconds."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            began = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - began)
    return {name: round(statistics.median(taken) * 1000, 3) for name, taken in seconds.items()}


def nobody(_stream: Stream, _data: bytes) -> None:
    """Output is not wanted here."""


if __name__ == "__main__":
    main()
