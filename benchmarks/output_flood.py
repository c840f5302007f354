"""How output is collected: seconds and memory for more and more of it, ours beside plain subprocess and Invoke.

    .venv/bin/python benchmarks/output_flood.py [--quick] [--json]

The goal: 100 MB in linear time and under 150 MB of memory. Each run has a process of its own, so that its peak memory
is its own; Invoke gets little, since its time grows with the square.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

SIZES = (10, 50, 100)
INVOKE_SIZES = (1, 2, 4)
MOST_MB = 150
LINEAR = 1.5
"""Per megabyte, the largest size may take this many times what the smallest takes."""


def main() -> None:
    """Measures, prints a table, and with --json one line to read by machine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", nargs=2, metavar=("WHO", "MB"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        one(asked.one[0], int(asked.one[1]))
        return
    rows = [
        (who, size, *child(who, size))
        for who, sizes in (("ours", SIZES), ("subprocess", SIZES), ("invoke", INVOKE_SIZES))
        for size in (sizes[::2] if asked.quick else sizes)
    ]
    for who, size, seconds, memory in rows:
        print(f"{who:<12}{size:5} MB{seconds:9.2f} s{1000 * seconds / size:9.1f} ms/MB{memory:9.0f} MB of memory")
    ours = {size: (seconds, memory) for who, size, seconds, memory in rows if who == "ours"}
    growth = (ours[SIZES[-1]][0] / SIZES[-1]) / (ours[SIZES[0]][0] / SIZES[0])
    met = growth <= LINEAR and ours[SIZES[-1]][1] < MOST_MB
    print(f"ours, 100 MB against 10 MB, per megabyte: {growth:.2f} x (goal: at most {LINEAR}, and under {MOST_MB} MB)")
    if asked.json:
        print(
            json.dumps(
                {"schema": "watchbook/bench/1", "bench": "output_flood", "rows": rows, "growth": growth, "met": met}
            )
        )


def child(who: str, megabytes: int) -> tuple[float, float]:
    """Seconds and peak memory in MB of one measurement in a process of its own."""
    answer = subprocess.run(
        [sys.executable, __file__, "--one", who, str(megabytes)], stdout=subprocess.PIPE, check=True
    )
    seconds, memory = json.loads(answer.stdout)
    return seconds, memory


def one(who: str, megabytes: int) -> None:
    """Collects that much output and tells how it went."""
    script = f"yes 0123456789012345678901234567890123456789012345678 | head -c {megabytes}000000"
    began = time.perf_counter()
    if who == "ours":
        from engine.inventory.host import Host
        from engine.reach.local import LocalReach
        from engine.reach.place import Command

        began = time.perf_counter()
        length = LocalReach().place(Host("local")).run(Command(script), lambda _stream, _data: None).out.length
    elif who == "invoke":
        from invoke.context import Context

        began = time.perf_counter()
        ran = Context().run(script, in_stream=False, hide=True)
        assert ran is not None
        length = len(ran.stdout)
    else:
        length = len(subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, check=True).stdout)
    seconds = time.perf_counter() - began
    assert length == megabytes * 1_000_000, length
    print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))


if __name__ == "__main__":
    main()
