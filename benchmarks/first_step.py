"""How long until the first step of a run starts, its record durable, against bare Invoke's `--list` in the same run.

    .venv/bin/python benchmarks/first_step.py [--rounds 9] [--json]

The aim is 6 times bare Invoke's `--list` at most, the wrapper included. Exits 1 when it is missed.
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
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
AIM = 6.0
BARE = '''from invoke.tasks import task


@task
def hello(_):
    """Say hello."""
'''
BOOK = """
version: 1
id: first-step
title: One step
kind: check
owner: nobody
steps:
  - {id: only, effect: read, run: "true"}
"""


def until_first_step(environment: Mapping[str, str]) -> float:
    """Seconds from typing to the event that the first step has started, which is durable by then."""
    began = time.perf_counter()
    command = ["./inv", "first-step", "--hosts", "local", "--json"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        found = next(
            time.perf_counter() - began for line in run.stdout if json.loads(line).get("kind") == "StepStarted"
        )
        run.communicate()
    assert run.returncode == 0
    return found


def bare_list(folder: Path) -> float:
    """Seconds of the whole process."""
    began = time.perf_counter()
    invoke = Path(sys.executable).with_name("invoke")
    subprocess.run([invoke, "--list"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def measure(rounds: int) -> dict[str, float]:
    """Medians in milliseconds, and how often Invoke's goes into ours."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / "tasks.py").write_text(BARE)
        (folder / "books").mkdir()
        (folder / "books" / "first-step.yaml").write_text(BOOK)
        places = {"WATCHBOOK_HOME": str(folder / "home"), "WATCHBOOK_RUNBOOKS": str(folder / "books")}
        environment = {**os.environ, **places}
        until_first_step(environment)  # makes the ledger and the index
        bare_list(folder)
        pairs = [(until_first_step(environment), bare_list(folder)) for _ in range(rounds)]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    return {"ours_ms": round(ours * 1000, 1), "invoke_ms": round(bare * 1000, 1), "ratio": round(ours / bare, 2)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.rounds)
    if options.json:
        print(json.dumps({"benchmark": "first_step", "aim": AIM, **found}))
    else:
        print(f"first step of a run      {found['ours_ms']} ms")
        print(f"bare invoke --list       {found['invoke_ms']} ms")
        print(f"ratio                    {found['ratio']}, aim {AIM:g}")
    return 0 if found["ratio"] <= AIM else 1


if __name__ == "__main__":
    sys.exit(main())
