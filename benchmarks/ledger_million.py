"""A ledger on its way to a million events: what an append costs, and at the end one record and the newest runs.

    .venv/bin/python benchmarks/ledger_million.py [--quick] [--json]

Every record has one run of 30 events. Times are of this process, without starting Python; the promise is 200 ms for
a page, and appends that do not slow down.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from incidents.desk import named, record
from incidents.event import Actor, Json, Subject
from incidents.folds.run import fold
from incidents.ids import run_id
from incidents.ledger.protocol import Batch, Entry, Ledger
from incidents.ledger.sqlite import open_sqlite
from incidents.timeline import timeline
from incidents.vocabulary import draft
from incidents.vocabulary.incident import IncidentOpened, NoteAdded, RunLinked
from incidents.vocabulary.run import RunFinished, RunPlanned, StepFinished, StepStarted

ACTOR = Actor("bench", "benchmark")
BOOK: dict[str, Json] = {"id": "server-down", "title": "Down"}
STEPS = 14
AT_ONCE = 50
_NUMBERS = itertools.count()
EVENTS = 2 + 2 * STEPS + 2
"""Of one record and its run."""


def more(ledger: Ledger, records: int) -> str:
    """Records, each with its run, in one transaction, so that filling does not wait for the disk."""
    entries: list[Entry] = []
    for _ in range(records):
        incident, run = f"INC-{next(_NUMBERS):08d}-BENCH", run_id()
        planned = RunPlanned(run, incident, BOOK, {}, ["web-1"], {}, {}, {}, {}, "d" * 64)
        drafts = [draft(planned, ACTOR, Subject(run))]
        for number in range(STEPS):
            subject = Subject(run, f"step-{number}", "web-1", 1)
            drafts.append(draft(StepStarted("run", "change", f"do thing {number}", 60.0), ACTOR, subject))
            drafts.append(draft(StepFinished("changed", 0, 0.2, ""), ACTOR, subject))
        drafts.append(draft(RunFinished("succeeded", 4.0, {"changed": STEPS}), ACTOR, Subject(run)))
        opened = IncidentOpened(incident, "incident", "the API is down", "P1")
        linked = RunLinked(run, "server-down", "Down")
        entries.append(Entry(run, drafts, opens="run"))
        entries.append(Entry(incident, [draft(opened, ACTOR), draft(linked, ACTOR)], opens="incident"))
    ledger.commit(Batch(entries))
    return incident


def appends(ledger: Ledger, incident: str) -> float:
    """Milliseconds that one event costs, the median of many."""
    batch = Batch([Entry(incident, [draft(NoteAdded("a note"), ACTOR)])])
    return statistics.median(milliseconds(lambda: ledger.commit(batch), 40))


def milliseconds(work: Callable[[], object], times: int) -> list[float]:
    """How long it took, each time."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def show(ledger: Ledger, typed: str) -> None:
    """What incident.show reads."""
    incident = named(ledger, typed, "incident")
    record(ledger, incident)
    timeline(ledger, incident)


def list_runs(ledger: Ledger) -> None:
    """What run.list reads."""
    for head in ledger.heads("run", 20):
        fold(ledger.read(head.stream))
        ledger.holder(head.stream)


def measure(folder: Path, events: int) -> dict[str, float]:
    """Fills a ledger and looks at it. Milliseconds, unless the name says otherwise."""
    ledger = open_sqlite(folder / "ledger.db")
    rounds = 20
    each = max(1, events // EVENTS // rounds)
    slices: list[float] = []
    middle = ""
    began = time.perf_counter()
    for number in range(rounds):
        for start in range(0, each, AT_ONCE):
            incident = more(ledger, min(AT_ONCE, each - start))
        slices.append(appends(ledger, incident))
        if number == rounds // 2:
            middle = incident
    filled = time.perf_counter() - began
    shown = milliseconds(lambda: show(ledger, middle[:12]), 20)
    listed = milliseconds(lambda: list_runs(ledger), 20)
    found = {
        "events": ledger.feed(rounds * each * EVENTS)[-1].position,
        "filled_seconds": round(filled, 1),
        "megabytes": round((folder / "ledger.db").stat().st_size / 1e6, 1),
        "append_first": round(statistics.median(slices[:3]), 3),
        "append_last": round(statistics.median(slices[-3:]), 3),
        "incident_show": round(statistics.median(shown), 1),
        "incident_show_worst": round(max(shown), 1),
        "run_list": round(statistics.median(listed), 1),
        "run_list_worst": round(max(listed), 1),
    }
    ledger.close()
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="30,000 events instead of a million")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="watchbook-") as folder:
        found = measure(Path(folder), 30_000 if asked.quick else 1_000_000)
    if asked.json:
        print(json.dumps({"schema": "watchbook/bench/1", "benchmark": "ledger_million", **found}))
        return
    for name, value in found.items():
        print(f"{name:16} {value:,}")


if __name__ == "__main__":
    main()
