"""Ours: a whole run of a runbook, conducted, performed and recorded durably in a fresh ledger."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from contest import Job, Said, command, main

from engine.drive.begin import begin
from engine.drive.controller import Controller
from engine.inventory.host import Host
from engine.inventory.inventory import Inventory
from engine.language.library import Library
from engine.language.load import load_text
from engine.plan.prepare import prepare
from engine.reach.hosts import HostReach
from incidents.event import Actor
from incidents.folds.run import fold
from incidents.ledger import open_ledger

ACTOR = Actor("bench", "terminal")
RUN, INCIDENT = "RUN-BENCH", "INC-BENCH"


def run(job: Job) -> tuple[dict[tuple[str, int], Said], str]:
    """The contest."""
    hosts = [Host(address, address, job.port, "root", job.key) for address in job.addresses]
    ledger = open_ledger(Path(job.folder) / f"ledger-{len(hosts)}")
    library = Library(())
    loaded = load_text(_book(job.steps).encode(), Path("bench.yaml"))
    planned = prepare(
        loaded, library, Inventory(hosts), hosts=",".join(job.addresses), given={}, run=RUN, incident=INCIDENT
    )
    begin(ledger, planned, ACTOR)
    reach = HostReach(Path(job.known_hosts), {host.name: host for host in hosts})
    Controller(ledger, RUN, ACTOR, reach=reach).drive()
    said = {}
    state = fold(ledger.read(RUN))
    for address in job.addresses:
        for step in range(job.steps):
            kept = b"".join(chunk.data for chunk in ledger.output(RUN, f"step-{step}/{address}/1/out"))
            finished = state.cell(f"step-{step}", address).finished
            said[address, step] = Said(finished.exit if finished else None, kept.decode().strip())
    return said, "this checkout"


def _book(steps: int) -> str:
    lines = ["version: 1", "id: bench", "title: Bench", "kind: check", "owner: nobody", "steps:"]
    for step in range(steps):
        lines += [f"  - id: step-{step}", "    effect: read", "    allow_exit: [0, 1]", "    run: |", f"      {command(step)}"]
    return "\n".join(lines) + "\n"


main(run)
