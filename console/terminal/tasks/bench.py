"""`inv dev.bench`: races steps over SSH against other tools; it knows the script and nothing of the race."""

from __future__ import annotations

import subprocess
import sys

from invoke.context import Context

from console.settings import ROOT
from console.terminal.exits import Exits
from console.terminal.problem import Problem
from console.terminal.task import task


@task(
    help={
        "quick": "1 and 10 hosts, one round",
        "rounds": "how often each runs; the figures are medians",
        "out": "a folder for the table and the picture",
        "json": "the last line is one JSON object",
    }
)
def bench(_: Context, quick: bool = False, rounds: str = "", out: str = "", json: bool = False) -> None:
    """Race steps over SSH beside pyinfra, Fabric, parallel-ssh, asyncssh, OpenSSH and Ansible, on real sshds."""
    flags = [*(["--quick"] if quick else []), *(["--json"] if json else [])]
    flags += [*(["--rounds", rounds] if rounds else []), *(["--out", out] if out else [])]
    if rounds and not rounds.isdecimal():
        raise Problem(f"{rounds!r} is not a number of rounds.")
    done = subprocess.run([sys.executable, str(ROOT / "benchmarks" / "ssh" / "bench.py"), *flags], check=False)
    if done.returncode:
        raise Problem("The race did not end well; the lines above say why.", exits=Exits.FAILED)
