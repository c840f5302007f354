"""`inv dev.*`: the machine's parts, the checks and the locks; it knows their commands, never what they look at."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from console.terminal.environments import ROOT, development_python
from console.terminal.parts import ENABLE, PARTS, named_in

# As root. Debian starts a service when it installs it, unless this policy says no (101); tests start their own.
# The mark tells our policy, left by a killed set-up, from one the machine's owner wrote.
INSTALL = """
set -eu
policy=/usr/sbin/policy-rc.d mark='# made by watchbook, for one installation'
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
    "import order": ["lint-imports", "--no-cache"],
}

# Every lock is held to the first, so that one version of a package serves them all.
LOCKS = ("requirements-dev", "requirements", "app/requirements")


@task(help={"yes": "install without asking"})
def setup(_: Context, yes: bool = False) -> None:
    """Install the system parts that the tests name and this machine lacks, by apt."""
    lacking = [name for name in sorted(named_in(ROOT / "tests")) if not PARTS[name].is_here()]
    for name in lacking:
        say(f"{name}: {' '.join(PARTS[name].packages) or 'cannot be installed; run the tests as ' + name}")
    packages = [package for name in lacking for package in PARTS[name].packages]
    if not packages:
        return say("Nothing to install.")
    if not shutil.which("apt-get"):
        raise Exit("There is no apt-get here. Install what is named above by this machine's own means.", code=1)
    if not yes and not sys.stdin.isatty():
        raise Exit(f"Nobody is here to ask. To install it: {ENABLE} --yes", code=4)
    if not yes and input("Install this with apt-get? [y/N] ").strip().lower() not in ("y", "yes"):
        raise Exit("Nothing was installed.", code=3)
    command = ["sh", "-c", INSTALL, "dev.setup", *packages]
    if os.geteuid():
        command = ["sudo", *command]
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode:
        raise Exit(f"apt-get failed; the lines above say why. By hand: apt-get install {shlex.join(packages)}", code=1)
    absent = [name for name in lacking if PARTS[name].packages and not PARTS[name].is_here()]
    if absent:
        raise Exit(f"Installed, and still not found: {', '.join(absent)}. Look at console/terminal/parts.py.", code=1)
    return None


@task(help={"static": "leave the tests out", "no-skips": "fail when any test was skipped"})
def check(_: Context, static: bool = False, no_skips: bool = False) -> None:
    """Run format, lint, types, import order and the tests: one line each, the output only of what failed."""
    commands = development_python().parent
    tests = {} if static else {"pytest": ["pytest", *(["--no-skips"] if no_skips else [])]}
    failed = [name for name, command in (CHECKS | tests).items() if not _passes(name, commands, command)]
    if failed:
        raise Exit(f"Failed: {', '.join(failed)}.", code=1)


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
            raise Exit(f"{name}.txt was not written; the lines above say why.", code=1)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
