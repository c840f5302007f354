"""`inv dev.*`: the machine's parts, the checks and the locks; it knows their commands, never what they look at."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from invoke.context import Context

from console.settings import ROOT
from console.terminal.environments import development_python
from console.terminal.exits import Exits
from console.terminal.parts import ENABLE, PARTS, named_in
from console.terminal.problem import Problem
from console.terminal.task import task

POLICY = "/usr/sbin/policy-rc.d"
# As root. Debian starts a service when it installs it, unless this policy says no (101); tests start their own.
# The mark tells our policy, left by a killed set-up, from one the machine's owner wrote.
INSTALL = """
set -eu
policy=$1 mark='# made by watchbook, for one installation'
shift
if [ ! -e "$policy" ] || grep -qxF "$mark" "$policy"; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' HUP INT TERM
  printf '#!/bin/sh\\n%s\\nexit 101\\n' "$mark" >"$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@"
"""

CHECKS = {
    "ruff format": ["ruff", "format", "--check"],
    "ruff check": ["ruff", "check"],
    "mypy": ["mypy"],
    "import order": ["lint-imports", "--no-cache", "--no-logo"],
}

# Every lock is held to the first, so that one version of a package serves them all.
LOCKS = ("requirements-dev", "requirements", "app/requirements")


@task(help={"yes": "install without asking"})
def setup(_: Context, yes: bool = False) -> None:
    """Install the system parts that the tests name and this machine lacks, by apt."""
    lacking = [name for name in sorted(named_in(ROOT / "tests")) if not PARTS[name].is_here()]
    packages = [package for name in lacking for package in PARTS[name].packages]
    for name in lacking:
        say(f"{name}: {' '.join(PARTS[name].packages) or 'cannot be installed; run the tests as ' + name}")
    if not packages:
        say("Nothing to install.")
        return
    if not shutil.which("apt-get"):
        raise Problem("There is no apt-get here.", then="install what is named above by this machine's own means")
    if not yes:
        _ask()
    sudo = ["sudo"] if os.geteuid() else []
    install = [*sudo, "sh", "-c", INSTALL, "dev.setup", POLICY, *packages]
    if subprocess.run(install, stdout=sys.stderr, check=False).returncode:
        by_hand = shlex.join([*sudo, "apt-get", "install", *packages])
        raise Problem("apt-get failed; the lines above say why.", then=by_hand, exits=Exits.FAILED)
    if absent := [name for name in lacking if PARTS[name].packages and not PARTS[name].is_here()]:
        where = "console/terminal/parts.py"
        raise Problem(f"Installed, and still not found: {', '.join(absent)}.", where=where, exits=Exits.FAILED)


def _ask() -> None:
    if not sys.stdin.isatty():
        why = "stdin is no terminal"
        raise Problem("Nobody is here to say yes.", why=why, then=f"{ENABLE} --yes", exits=Exits.PARKED)
    if input("Install this with apt-get? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Problem("Nothing was installed.", exits=Exits.STOPPED)


@task(help={"static": "leave the tests out", "no-skips": "fail when any test was skipped"})
def check(_: Context, static: bool = False, no_skips: bool = False) -> None:
    """Run format, lint, types, import order and the tests: one line each, the output only of what failed."""
    commands = development_python().parent
    tests = {} if static else {"pytest": ["pytest", *(["--no-skips"] if no_skips else [])]}
    failed = [name for name, command in (CHECKS | tests).items() if not _passes(name, commands, command)]
    if failed:
        raise Problem(f"Failed: {', '.join(failed)}.", exits=Exits.FAILED)


def _passes(name: str, commands: Path, command: list[str]) -> bool:
    started = time.monotonic()
    command = [str(commands / command[0]), *command[1:]]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    passed = done.returncode == 0
    say(f"{'ok' if passed else 'FAILED':6} {name:13} {time.monotonic() - started:6.1f} s")
    if not passed:
        say(done.stdout)
    return passed


@task(help={"upgrade": "take the newest versions that the *.in files allow"})
def lock(_: Context, upgrade: bool = False) -> None:
    """Write the three locks anew from the *.in files: hashed, for every Python we support, one version a package."""
    uv = development_python().with_name("uv")
    for number, name in enumerate(LOCKS):
        command = [str(uv), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
        command += ["--generate-hashes", "--fork-strategy", "fewest", "--custom-compile-command", "./inv dev.lock"]
        command += ["--constraints", f"{LOCKS[0]}.txt"] if number else []
        command += ["--upgrade"] if upgrade and not number else []
        if subprocess.run([*command, f"{name}.in", "--output-file", f"{name}.txt"], cwd=ROOT, check=False).returncode:
            raise Problem(f"{name}.txt was not written; the lines above say why.", exits=Exits.FAILED)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
