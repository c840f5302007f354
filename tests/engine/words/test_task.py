"""`task`: a real Invoke task in a process of its own, its arguments untouched by any shell."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.reach.place import Place
from engine.words.task import Task
from engine.words.upload import sha256_of
from tests.support.scene import Stage

TASKS = """
import json, os
from invoke import task

@task
def deploy(c, ref, dry_run=False, notes=True):
    print(json.dumps({"ref": ref, "dry_run": dry_run, "notes": notes, "host": os.environ["host"], "cwd": os.getcwd()}))

@task
def fail(c):
    raise SystemExit(7)
"""


@pytest.fixture(autouse=True)
def tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "our tasks" / "chores.py"
    path.parent.mkdir()
    path.write_text(TASKS)
    monkeypatch.setenv("WATCHBOOK_TASKS", str(path))
    return path


@pytest.fixture
def planned(tasks: Path) -> dict[str, str]:
    """The tasks file as a plan binds it."""
    return {str(tasks): sha256_of(tasks)}


@pytest.mark.parametrize("ref", ["v1.2", "", "x --dry-run", 'it\'s $(id) `id` \n"x"', "a b"])
def test_arguments_arrive_as_they_are(
    stage: Stage, local: Place, tasks: Path, planned: dict[str, str], ref: str
) -> None:
    word = Task.model_validate({"name": "deploy", "args": {"ref": "{{ ref }}", "dry_run": True, "notes": False}})
    deed = word.perform(stage.scene(local, {"ref": ref, "host": "web-1"}, files=planned))
    assert deed.status == "ok", stage.shown
    assert json.loads(deed.stdout) == {
        "ref": ref,
        "dry_run": True,
        "notes": False,
        "host": "web-1",
        "cwd": str(tasks.parent),
    }


def test_a_value_that_invoke_would_take_for_a_flag_is_refused(
    stage: Stage, local: Place, planned: dict[str, str]
) -> None:
    word = Task.model_validate({"name": "deploy", "args": {"ref": "{{ ref }}"}})
    deed = word.perform(stage.scene(local, {"ref": "--dry-run"}, files=planned))
    assert (deed.status, stage.shown["out"]) == ("failed", b"")
    assert "begins with a hyphen" in deed.message


def test_the_plan_shows_the_command_line(stage: Stage, local: Place) -> None:
    word = Task.model_validate({"name": "deploy", "args": {"ref": "{{ ref }}", "dry_run": True}})
    assert word.show(stage.scene(local, {"ref": "v1"}).scope) == "inv deploy --ref=v1 --dry-run"


def test_a_task_that_fails_fails(stage: Stage, local: Place, planned: dict[str, str]) -> None:
    deed = Task.model_validate("fail").perform(stage.scene(local, files=planned))
    assert (deed.status, deed.exit) == ("failed", 7)


def test_a_tasks_file_that_changed_since_the_plan_is_not_run(
    stage: Stage, local: Place, tasks: Path, planned: dict[str, str]
) -> None:
    tasks.write_text(TASKS + "# one more line")
    deed = Task.model_validate("fail").perform(stage.scene(local, files=planned))
    assert deed.status == "failed"
    assert "has changed since the run was planned" in deed.message


def test_an_unknown_task_fails_in_invokes_words(stage: Stage, local: Place, planned: dict[str, str]) -> None:
    deed = Task.model_validate("nothing.here").perform(stage.scene(local, files=planned))
    assert deed.status == "failed"
    assert "nothing.here" in deed.quote


@pytest.mark.parametrize(
    "yaml", ["--list", "a b", "", "a;b", {"name": "a", "args": {"--x": "y"}}, {"name": "a", "args": {"x": [1]}}]
)
def test_what_is_no_task_is_refused(yaml: object) -> None:
    with pytest.raises(ValidationError):
        Task.model_validate(yaml)
