"""`inv test`: the tests, in an environment it provides itself; it knows no test and no system part."""

import subprocess
from pathlib import Path

from invoke.context import Context

from console.settings import ROOT
from console.terminal.environments import development_python
from console.terminal.exits import Exits
from console.terminal.problem import Problem
from console.terminal.task import Told, task


@task(
    positional=["paths"],
    iterable=["paths"],
    help={
        "paths": "test files, folders or FILE::TEST; all when there are none",
        "k": "only tests whose names match this expression",
        "no-skips": "fail when any test was skipped, and name it",
    },
)
def test(_: Context, paths: list[str], k: str = "", no_skips: bool = False) -> None:
    """Run the tests; those that need a system part are skipped by name, with the command that brings it."""
    command = [str(development_python()), "-m", "pytest", *map(_absolute, paths)]
    if k:
        command += ["-k", k]
    if no_skips:
        command += ["--no-skips"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise Told(code=Exits.FAILED)


def _absolute(path: str) -> str:
    """The tests run at the root, the path was typed elsewhere. What follows `::` names a test inside."""
    file, *inside = path.split("::")
    if not Path(file).exists():
        raise Problem(f"There are no tests at {file}.", where=f"seen from {Path.cwd()}", then=f"ls {ROOT / 'tests'}")
    return "::".join([str(Path(file).resolve()), *inside])
