"""`task`: an Invoke task of the project, run on the controller as a process of its own."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from engine.primitives.names import NAME
from engine.primitives.scope import Scope
from engine.primitives.types import Template
from engine.words.word import Deed, Scene, Word

TaskName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)*$", max_length=100)]
Flag = Annotated[str, Field(pattern=f"^{NAME}$")]


class Task(Word):
    """Run an Invoke task of the project on the controller. Its arguments are passed one by one, without a shell.

    task: assets.build
    task: {name: deploy.release, args: {ref: "{{ ref }}", dry_run: true}}
    """

    word: ClassVar[str] = "task"
    short: ClassVar[str] = "name"

    name: TaskName
    """The task, as `inv --list` shows it."""
    args: dict[Flag, bool | Template] = Field(default_factory=dict)
    """Its flags: a text becomes --name=text, true --name, false --no-name."""

    def show(self, scope: Scope) -> str:
        """The command line."""
        raise NotImplementedError

    def perform(self, scene: Scene) -> Deed:
        """Runs the task and waits for it."""
        raise NotImplementedError
