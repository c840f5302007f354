"""`./inv --list` with 60 runbooks against bare Invoke's `--list` of one task, interleaved in one run.

    .venv/bin/python benchmarks/list_tasks.py [--rounds 15] [--json]

The aim is a ratio of 1.35 at most, in wall time and in processor time, the wrapper included. Exits 1 when it is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BOOKS = 60
AIM = 1.35
BARE = '''from invoke.tasks import task


@task
def hello(_):
    """Say hello."""
'''


@dataclass
class Timed:
    """Seconds of every round."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def run(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        """Once more."""
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(child.pid, 0)
        self.wall.append(time.perf_counter() - began)
        self.processor.append(usage.ru_utime + usage.ru_stime)
        child.returncode = os.waitstatus_to_exitcode(status)
        assert child.returncode == 0, command


def measure(rounds: int) -> dict[str, float]:
    """Medians in milliseconds, and our share of Invoke's."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "bare").mkdir()
        (folder / "bare" / "tasks.py").write_text(BARE)
        text = (ROOT / "runbooks" / "emergency" / "server-down.yaml").read_text(encoding="utf-8")
        (folder / "books").mkdir()
        for number in range(BOOKS):
            book = text.replace("id: server-down", f"id: server-down-{number}")
            (folder / "books" / f"{number}.yaml").write_text(book, encoding="utf-8")
        environment = {
            **os.environ,
            "WATCHBOOK_HOME": str(folder / "home"),
            "WATCHBOOK_RUNBOOKS": str(folder / "books"),
        }
        ours, bare = Timed(), Timed()
        invoke = str(Path(sys.executable).with_name("invoke"))
        for timed, command, where in ((ours, ["./inv", "--list"], ROOT), (bare, [invoke, "--list"], folder / "bare")):
            timed.run(command, where, environment)  # fills the index, and both caches
        ours, bare = Timed(), Timed()
        for _ in range(rounds):
            ours.run(["./inv", "--list"], ROOT, environment)
            bare.run([invoke, "--list"], folder / "bare", environment)
    median = statistics.median
    return {
        "ours_ms": round(median(ours.wall) * 1000, 1),
        "invoke_ms": round(median(bare.wall) * 1000, 1),
        "wall_ratio": round(median(ours.wall) / median(bare.wall), 3),
        "processor_ratio": round(median(ours.processor) / median(bare.processor), 3),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.rounds)
    if options.json:
        print(json.dumps({"benchmark": "list_tasks", "aim": AIM, **found}))
    else:
        print(f"./inv --list, {BOOKS} runbooks   {found['ours_ms']} ms")
        print(f"invoke --list, one task      {found['invoke_ms']} ms")
        print(f"ratio                        {found['wall_ratio']} (processor {found['processor_ratio']}), aim {AIM}")
    return 0 if max(found["wall_ratio"], found["processor_ratio"]) <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
