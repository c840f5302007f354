"""What our care costs: requests per second of `/api/` and of a signed-in route beside a bare Flask view.

    .venv/bin/python benchmarks/backend_throughput.py [--quick] [--json]

All three run under the same gunicorn configuration, two workers. Rounds are interleaved, so that a busy machine slows
all of them alike; the median round counts. The goal: at least 0.6 of the bare view. CPU is the workers' own, so it
leaves out the client, which shares the two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.backend_load import Outcome, get, hold
from tests.support.backend import RunningBackend

GOAL = 0.6
CLIENTS = 16
UNLIMITED = {"LIMIT_USER": "100000000 per minute"}


@dataclass
class Contestant:
    """A server, the request it answers, and its rounds."""

    backend: RunningBackend
    request: bytes
    rates: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def round(self, seconds: float) -> None:
        """One measurement; every answer must be 200."""
        before = cpu_seconds(self.backend.workers())
        outcome: Outcome = hold(self.backend.port, [self.request], CLIENTS, seconds)
        answers = sum(outcome.statuses.values())
        if set(outcome.statuses) != {200} or outcome.lost:
            raise SystemExit(f"answers other than 200: {dict(outcome.statuses)}, {outcome.lost} lost")
        self.rates.append(outcome.per_second)
        self.cpu_ms.append(1000 * (cpu_seconds(self.backend.workers()) - before) / answers)


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes together."""
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(f[11]) + int(f[12]) for f in fields) / os.sysconf("SC_CLK_TCK")


def measure(rounds: int, seconds: float) -> dict[str, Contestant]:
    """Interleaved rounds of the three."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        bare = RunningBackend(Path(one), application="benchmarks.bare_flask:app", probe="/api/")
        with bare, RunningBackend(Path(two), UNLIMITED) as ours:
            token = str(ours.sign_up()["accessToken"])
            contestants = {
                "bare Flask": Contestant(bare, get("/api/")),
                "/api/": Contestant(ours, get("/api/")),
                "/api/auth/me": Contestant(ours, get("/api/auth/me", token)),
            }
            order: list[Callable[[float], None]] = [one_.round for one_ in contestants.values()]
            for _ in range(rounds):
                for run in order:
                    run(seconds)
    return contestants


def main() -> int:
    """Prints a table, and with --json one line to read by machine. Exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    contestants = measure(*((3, 1.0) if asked.quick else (7, 3.0)))
    rates = {name: statistics.median(one.rates) for name, one in contestants.items()}
    cpu = {name: statistics.median(one.cpu_ms) for name, one in contestants.items()}
    shares = {name: rates[name] / rates["bare Flask"] for name in rates}
    for name, rate in rates.items():
        print(f"{name:<14}{rate:8.0f} /s  {shares[name]:5.2f} of bare  {cpu[name]:6.3f} ms CPU each")
    met = min(shares.values()) >= GOAL
    if asked.json:
        report = {"schema": "watchbook/bench/1", "name": "backend_throughput", "per_second": rates, "cpu_ms": cpu}
        print(json.dumps(report | {"shares": shares, "goal": GOAL, "met": met}))
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
