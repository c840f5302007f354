"""`task`: an Invoke task of the project, run on the controller as a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Discriminator, Field, Tag

from engine.primitives.names import NAME
from engine.primitives.project import PROJECT
from engine.primitives.scope import Scope
from engine.primitives.types import Template
from engine.reach.place import Command
from engine.words.ending import deed_of
from engine.words.upload import sha256_of
from engine.words.word import Deed, Scene, Word

TASKS = "WATCHBOOK_TASKS"
"""The setting that names another tasks file than the project's."""

TaskName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$", max_length=100)]
FlagName = Annotated[str, Field(pattern=f"^{NAME}$")]
FlagValue = Annotated[
    Annotated[bool, Tag("switch")] | Annotated[Template, Tag("text")],
    Discriminator(lambda value: "switch" if isinstance(value, bool) else "text"),
]


class Task(Word):
    """Run an Invoke task of the project on the controller. Its arguments are passed one by one, without a shell.

    The tasks are those of the project's tasks.py, or of the file that WATCHBOOK_TASKS names.

        task: assets.build
        task: {name: deploy.release, args: {ref: "{{ ref }}", dry_run: true}}
    """

    word: ClassVar[str] = "task"
    short: ClassVar[str] = "name"

    name: TaskName
    """The task, as `inv --list` shows it."""
    args: dict[FlagName, FlagValue] = Field(default_factory=dict)
    """Its flags: a text becomes --name=text, true --name, false --no-name."""

    def show(self, scope: Scope) -> str:
        """The command line."""
        return " ".join(["inv", self.name, *self._flags(scope)])

    def perform(self, scene: Scene) -> Deed:
        """Runs the task in the folder of its tasks file, and waits for it."""
        tasks = tasks_file()
        words = [sys.executable, "-m", "invoke", "-r", str(tasks.parent), "-c", tasks.stem, self.name]
        try:
            if scene.files.get(str(tasks)) != sha256_of(tasks):
                return Deed("failed", f"{tasks} has changed since the run was planned; start a new run to use it")
            words += self._flags(scene.scope)
        except (ValueError, OSError) as problem:
            return Deed("failed", str(problem))
        given = {f"task_word_{at}": word for at, word in enumerate(words)}
        script = 'cd "$task_folder" && exec ' + " ".join(f'"${name}"' for name in given)
        command = Command(
            script,
            self.show(scene.scope),
            {**scene.scope.variables(), **given, "task_folder": str(tasks.parent)},
            scene.secrets,
            scene.become,
            scene.timeout,
            scene.stop,
        )
        return deed_of(scene.controller.run(command, scene.sink), scene)

    def _flags(self, scope: Scope) -> list[str]:
        return [_flag(name.replace("_", "-"), value, scope) for name, value in self.args.items()]


def tasks_file() -> Path:
    """The tasks file that `task` steps run."""
    named = os.environ.get(TASKS)
    return Path(named).resolve() if named else PROJECT / "tasks.py"


def _flag(name: str, value: Any, scope: Scope) -> str:
    if isinstance(value, bool):
        return f"--{name}" if value else f"--no-{name}"
    text: str = value.render(scope)
    if text.startswith("-"):
        raise ValueError(f"--{name}: {text[:40]!r} begins with a hyphen, and Invoke would read it as a flag")
    return f"--{name}={text}"
