"""Ours: a whole run of a runbook, conducted, performed and recorded durably in a fresh ledger."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from contest import Job, Said, command, main

from engine.drive.begin import begin
from engine.drive.controller import Controller
from engine.inventory.host import Host
from engine.inventory.inventory import Inventory
from engine.language.library import Library
from engine.language.load import load_text
from engine.plan.prepare import prepare as prepare_run
from engine.reach.hosts import HostReach
from engine.reach.ssh import reach as _imported_before_the_race  # noqa: F401
from incidents.event import Actor
from incidents.folds.run import RunState, fold
from incidents.ledger.protocol import Ledger
from incidents.ledger.sqlite import open_sqlite

ACTOR = Actor("bench", "terminal")
RUN, INCIDENT = "RUN-BENCH", "INC-BENCH"


@dataclass
class Ready:
    """A planned run in a ledger that is open, as it is when somebody types a runbook's name."""

    controller: Controller
    ledger: Ledger
    job: Job


def prepare(job: Job) -> Ready:
    """Reads the book, plans, opens the ledger."""
    hosts = [Host(address, address, job.port, "root", job.key) for address in job.addresses]
    ledger = open_sqlite(Path(mkdtemp(dir=job.folder)) / "ledger.db")
    loaded = load_text(_book(job.steps).encode(), Path("bench.yaml"))
    planned = prepare_run(
        loaded, Library(()), Inventory(hosts), hosts=",".join(job.addresses), given={}, run=RUN, incident=INCIDENT
    )
    begin(ledger, planned, ACTOR)
    reach = HostReach(Path(job.known_hosts), {host.name: host for host in hosts})
    return Ready(Controller(ledger, RUN, ACTOR, reach=reach), ledger, job)


def run(ready: Ready) -> tuple[Mapping[tuple[str, int], Said], str]:
    """The contest."""
    ready.controller.drive()
    return Recorded(ready.ledger, ready.job), "this checkout"


class Recorded(Mapping[tuple[str, int], Said]):
    """What the ledger holds, read when it is asked for: the others have theirs in memory, ours is on disk already."""

    def __init__(self, ledger: Ledger, job: Job) -> None:
        self._ledger, self._job = ledger, job
        self._state: RunState | None = None

    def __getitem__(self, asked: tuple[str, int]) -> Said:
        address, step = asked
        self._state = self._state or fold(self._ledger.read(RUN))
        finished = self._state.cell(f"step-{step}", address).finished
        kept = b"".join(chunk.data for chunk in self._ledger.output(RUN, f"step-{step}/{address}/1/out"))
        return Said(finished.exit if finished else None, kept.decode().strip())

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return ((address, step) for address in self._job.addresses for step in range(self._job.steps))

    def __len__(self) -> int:
        return len(self._job.addresses) * self._job.steps


def _book(steps: int) -> str:
    lines = ["version: 1", "id: bench", "title: Bench", "kind: check", "owner: nobody", "steps:"]
    for step in range(steps):
        lines += [
            f"  - id: step-{step}",
            "    effect: read",
            "    allow_exit: [0, 1]",
            "    run: |",
            f"      {command(step)}",
        ]
    return "\n".join(lines) + "\n"


main(run, prepare)
