"""`inv test`: the paths mean what they say where they were typed; the exit code is 0 or 1; pytest has the last word."""

import shutil
import sys
from pathlib import Path

import pytest
from invoke.context import Context

from console.settings import ROOT
from console.terminal.task import Told
from console.terminal.tasks import test as task

MADE_UP = """
import pytest
def test_good(): pass
def test_bad(): assert False
def test_skipped(): pytest.skip("why")
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with our configuration, our conftest and three tests, in whose `tests/` we stand."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests")
    (tmp_path / "console").symlink_to(ROOT / "console")
    (tmp_path / "tests" / "test_made_up.py").write_text(MADE_UP)
    monkeypatch.setattr(task, "ROOT", tmp_path)
    monkeypatch.setattr(task, "development_python", lambda: Path(sys.executable))
    monkeypatch.chdir(tmp_path / "tests")
    return tmp_path


def run(*paths: str, **flags: object) -> int:
    try:
        task.test(Context(), paths=list(paths), **flags)
    except Told as told:
        return int(told.code)
    return 0


def test_all_tests_when_none_is_named(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run() == 1
    assert capfd.readouterr().out.splitlines()[-1].startswith("1 failed, 1 passed, 1 skipped")


def test_a_path_is_seen_from_where_it_was_typed(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("test_made_up.py::test_good") == 0
    assert run("test_made_up.py::test_bad", "test_made_up.py::test_good") == 1
    assert "1 failed, 1 passed" in capfd.readouterr().out


def test_a_path_that_is_not_there_is_refused(checkout: Path) -> None:
    assert run("tests/test_made_up.py") == 2


def test_an_expression_chooses(checkout: Path) -> None:
    assert run(k="good") == 0
    assert run(k="bad") == 1
    assert run(k="no such test") == 1


def test_no_skips_is_passed_on(checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(k="skipped") == 0
    assert run(k="skipped", no_skips=True) == 1
    lines = capfd.readouterr().out.splitlines()
    assert "tests/test_made_up.py::test_skipped: why" in lines
    assert lines[-1].startswith("1 skipped")
