"""`inv test`: the tests, in an environment it provides itself; it knows no test and no system part."""

import subprocess
from pathlib import Path

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from console.terminal.environments import ROOT, development_python


@task(
    iterable=["path"],
    help={
        "path": "a test file, folder or FILE::TEST (again for more; default: all)",
        "k": "only tests whose names match this expression",
        "no-skips": "fail when any test was skipped, and name it",
    },
)
def test(_: Context, path: list[str], k: str = "", no_skips: bool = False) -> None:
    """Run the tests; those that need a system part are skipped by name, with the command that brings it."""
    command = [str(development_python()), "-m", "pytest", *map(_absolute, path)]
    if k:
        command += ["-k", k]
    if no_skips:
        command += ["--no-skips"]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise Exit(code=1)


def _absolute(path: str) -> str:
    """The tests run at the root, the path was typed elsewhere. What follows `::` names a test inside."""
    file, *inside = path.split("::")
    if not Path(file).exists():
        raise Exit(f"No tests at {file} (looked in {Path.cwd()}).\nSee what there is: ls {ROOT / 'tests'}", code=2)
    return "::".join([str(Path(file).resolve()), *inside])
