"""A test that needs a part of the machine is skipped by name, and `--no-skips` lets none through."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

RUN = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider"]

# `root` cannot be installed and `nothing` is never here; the real parts vary with the machine.
CONFTEST = """
from console.terminal.parts import PARTS, Part
PARTS["nothing"] = Part(("nothing-server",), lambda: False)
PARTS["everything"] = Part((), lambda: True)
"""


@pytest.fixture
def run(tmp_path: Path) -> "Run":
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "conftest.py")
    with (tmp_path / "conftest.py").open("a") as conftest:
        conftest.write(CONFTEST)
    return Run(tmp_path)


class Run:
    """Runs a test file under the real conftest: exit code and what was printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, body: str, *options: str) -> tuple[int, str]:
        (self.folder / "test_made_up.py").write_text(f"import pytest\n{body}\n")
        done = subprocess.run(
            [*RUN, *options],
            cwd=self.folder,
            env={"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


NEEDS_NOTHING = "@pytest.mark.needs('everything', 'nothing')\ndef test_a(): assert False\ndef test_b(): pass"


def test_a_test_is_skipped_by_name_with_the_command(run: Run) -> None:
    code, said = run(NEEDS_NOTHING)
    assert code == 0
    assert "needs nothing: ./inv dev.setup" in said
    assert "1 passed, 1 skipped" in said


def test_a_test_whose_parts_are_here_runs(run: Run) -> None:
    code, said = run("@pytest.mark.needs('everything')\ndef test_a(): assert False", "--no-skips")
    assert code == 1
    assert "1 failed" in said


def test_a_misspelt_part_is_an_error(run: Run) -> None:
    code, said = run("@pytest.mark.needs('noting')\ndef test_a(): pass")
    assert code not in (0, 1)
    assert "needs 'noting'; known parts: bash, browser" in said


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (NEEDS_NOTHING, "test_made_up.py::test_a: needs nothing: ./inv dev.setup"),
        ("def test_a(): pytest.skip('why')\ndef test_b(): pass", "test_made_up.py::test_a: why"),
        ("pytest.skip('why', allow_module_level=True)", "test_made_up.py: why"),
        ("pytest.importorskip('no_such_module')", "test_made_up.py: could not import 'no_such_module'"),
        ("@pytest.mark.xfail\ndef test_a(): assert False", "test_made_up.py::test_a: expected to fail"),
    ],
    ids=["needs", "skip", "whole module", "importorskip", "xfail"],
)
def test_no_skips_fails_and_names_it(run: Run, body: str, named: str) -> None:
    assert run(body)[0] in (0, 5)
    code, said = run(body, "--no-skips")
    assert code == 1
    assert named in said
    assert " in " in said.splitlines()[-1]


def test_no_skips_passes_what_has_none(run: Run) -> None:
    assert run("def test_a(): pass", "--no-skips")[0] == 0
