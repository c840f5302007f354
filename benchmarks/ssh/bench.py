"""The race: H hosts × S read steps with a barrier after each, every answer checked; ours records each one durably.

    .venv/bin/python benchmarks/ssh/bench.py [--quick] [--json] [--out docs/benchmarks]

Contestants take turns, so that a busy machine slows all of them alike; figures are medians. Seconds are from the first
connection to the last answer; start-up is apart. The hosts' sshds share this machine's cores.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.ssh.environments import CONTESTANTS, OURS
from benchmarks.ssh.fleet import Fleet, fleet
from benchmarks.ssh.picture import picture

ROOT = Path(__file__).resolve().parents[2]

STEPS = 10
DELAY_MS = 20.0
"""Each way: 40 ms for a round trip."""
LONGEST = 600.0
GOALS = {"asyncssh": 1.0, "pyinfra": 0.65, "ansible raw": 0.15}
"""At the most hosts, ours takes at most so many times their wall time."""
ROUND_TRIPS = 1.2
CPU_MS = 2.0


@dataclass(frozen=True)
class Figure:
    """Medians of one contestant on so many hosts: seconds of wall, CPU and start-up; answers that were wrong."""

    who: str
    version: str
    hosts: int
    wall: float
    cpu: float
    startup: float
    wrong: int
    failed: str = ""


def main() -> None:
    """Races, prints the table, and writes it where it is asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1 and 10 hosts, one round")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--out", type=Path, help="the folder for ssh.md and ssh.svg")
    parser.add_argument("--rounds", type=int, default=0)
    asked = parser.parse_args()
    counts = (1, 10) if asked.quick else (1, 10, 50, 100)
    rounds = asked.rounds or (1 if asked.quick else 3)
    homes = ROOT / "var" / "bench"
    commands = {one.name: one.command(homes) for one in CONTESTANTS}
    near = [figure for count in counts for figure in race(commands, count, STEPS, rounds)]
    far = _round_trips(commands, rounds)
    table = "\n".join([*_table(near, counts), "", *_far_table(far), "", *_goals(near, far, max(counts))])
    print(table)
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "ssh.md").write_text(f"# Steps over SSH\n\n{(__doc__ or '').splitlines()[0]}\n\n{table}\n")
        (asked.out / "ssh.svg").write_text(picture([(one.who, one.hosts, one.wall) for one in near if not one.failed]))
    if asked.json:
        told = {"near": [asdict(one) for one in near], "round_trips": far}
        print(json.dumps({"schema": "watchbook/bench/1", "bench": "ssh", **told}))
    if any(figure.wrong for figure in near if figure.who == OURS):
        sys.exit(1)


def race(commands: dict[str, list[str]], hosts: int, steps: int, rounds: int, delay_ms: float = 0.0) -> list[Figure]:
    """Everybody's medians on so many hosts."""
    runs: dict[str, list[dict[str, float]]] = defaultdict(list)
    told: dict[str, dict[str, str]] = defaultdict(dict)
    with fleet(hosts, delay_ms=delay_ms) as there:
        for number in range(rounds):
            for who, command in commands.items():
                print(f"{hosts} hosts, round {number + 1}: {who}", file=sys.stderr)
                _run(there, command, hosts, steps, runs[who], told[who])
    return [_figure(who, hosts, runs[who], told[who]) for who in commands]


def _run(
    there: Fleet, command: list[str], hosts: int, steps: int, runs: list[dict[str, float]], told: dict[str, str]
) -> None:
    began = time.perf_counter()
    try:
        done = subprocess.run(
            command, input=there.job(hosts, steps), capture_output=True, text=True, timeout=LONGEST, check=True
        )
        said = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError) as wrong:
        told["failed"] = str(getattr(wrong, "stderr", "") or wrong).strip().rpartition("\n")[2][:200]
        return
    told["version"] = said["version"]
    runs.append({**{name: said[name] for name in ("wall", "cpu", "wrong")}, "whole": time.perf_counter() - began})


def _figure(who: str, hosts: int, runs: list[dict[str, float]], told: dict[str, str]) -> Figure:
    if not runs:
        return Figure(who, told.get("version", "?"), hosts, 0.0, 0.0, 0.0, 0, told["failed"])
    wall, cpu = (statistics.median(run[name] for run in runs) for name in ("wall", "cpu"))
    startup = statistics.median(run["whole"] - run["wall"] for run in runs)
    return Figure(who, told["version"], hosts, wall, cpu, startup, int(sum(run["wrong"] for run in runs)))


def _round_trips(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """By the difference between many steps and few, so that connecting does not count."""
    few, many = (race(commands, 1, steps, rounds, DELAY_MS) for steps in (1, 1 + STEPS))
    return {
        one.who: (other.wall - one.wall) / STEPS / (2 * DELAY_MS / 1000)
        for one, other in zip(few, many, strict=True)
        if not one.failed and not other.failed
    }


def _table(figures: list[Figure], counts: tuple[int, ...]) -> list[str]:
    head = [
        "contestant",
        "version",
        *(f"{count}×{STEPS}" for count in counts),
        "start-up",
        "CPU ms per host-step",
        "wrong",
    ]
    lines = [_row(head), _row(["---"] * len(head))]
    for one in CONTESTANTS:
        mine = {figure.hosts: figure for figure in figures if figure.who == one.name}
        most = mine[max(counts)]
        walls = [mine[count].failed or f"{mine[count].wall:.2f} s" for count in counts]
        cpu = f"{1000 * most.cpu / most.hosts / STEPS:.2f}"
        wrong = sum(figure.wrong for figure in mine.values())
        lines.append(_row([one.name, most.version, *walls, f"{most.startup:.2f} s", cpu, str(wrong)]))
    return lines


def _far_table(far: dict[str, float]) -> list[str]:
    head = [_row(["contestant", f"round trips per step at {2 * DELAY_MS:g} ms"]), _row(["---", "---"])]
    return [*head, *(_row([who, f"{trips:.2f}"]) for who, trips in far.items())]


def _goals(figures: list[Figure], far: dict[str, float], most: int) -> list[str]:
    """What was aimed at with the most hosts, and what came of it."""
    at = {figure.who: figure for figure in figures if figure.hosts == most}
    ours = at[OURS]
    lines = [f"Ours at {most}×{STEPS}:", ""]
    for who, goal in GOALS.items():
        if not at[who].failed:
            lines.append(_goal(f"wall against {who}", ours.wall / at[who].wall, goal, " x"))
    lines.append(_goal("CPU per durable host-step", 1000 * ours.cpu / ours.hosts / STEPS, CPU_MS, " ms"))
    lines.append(_goal("round trips per read step", far.get(OURS, 0.0), ROUND_TRIPS, ""))
    return lines


def _goal(what: str, reached: float, goal: float, unit: str) -> str:
    return f"- {what}: {reached:.2f}{unit} (goal: at most {goal:g}{unit}, {'met' if reached <= goal else 'missed'})"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
