"""What every contestant does alike: reads the job, runs S steps on H hosts with a barrier after each, proves it.

Plain standard library, since each contestant has an environment of its own. A step's command is constant; its output
and its exit code differ by step, and every one of them is kept and compared.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Said(NamedTuple):
    """What a host answered to one step."""

    exit: int | None
    out: str


@dataclass(frozen=True)
class Job:
    """H addresses, one port, one key, S steps. `far`: a delay line stands between, and hosts have other addresses."""

    folder: str
    addresses: list[str]
    port: int
    key: str
    known_hosts: str
    steps: int
    far: bool

    def expected(self, address: str, step: int) -> Said:
        """What the host must say."""
        there = address.replace("127.77.", "127.78.", 1) if self.far else address
        return Said(step % 2, f"step {step}\n{there}")


def command(step: int) -> str:
    """Constant text that proves which host and which step it was, without starting another program."""
    return f'echo "step {step}"; set -- $SSH_CONNECTION; echo "$3"; exit {step % 2}'


Contest = Callable[[Job], tuple[Mapping[tuple[str, int], Said], str]]
"""Runs the job; answers what was said by (address, step), line ends stripped, and the contestant's version."""


def main(run: Contest, prepare: Callable[[Job], object] | None = None) -> None:
    """Runs one contestant; prints seconds of wall and CPU from the first connection to the last answer.

    What `prepare` makes of the job is what `run` gets; it counts as start-up.
    """
    job = Job(**json.load(sys.stdin))
    ready = prepare(job) if prepare else job
    began, before = time.perf_counter(), _cpu()
    said, version = run(ready)
    wall, cpu = time.perf_counter() - began, _cpu() - before
    asked = [(address, step) for address in job.addresses for step in range(job.steps)]
    wrong = [f"{one}: {said.get(one)}" for one in asked if said.get(one) != job.expected(*one)]
    print(
        json.dumps(
            {"version": version, "wall": wall, "cpu": cpu, "checked": len(said), "wrong": len(wrong), "say": wrong[:3]}
        )
    )


def _cpu() -> float:
    """Seconds of this process and of those it waited for: a contestant may work by children."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return float(sum(each.ru_utime + each.ru_stime for each in used))
