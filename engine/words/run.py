"""`run`: a constant shell command on the host; params arrive beside it, never inside it."""

from __future__ import annotations

import shlex
from typing import ClassVar, Literal

from engine.primitives.scope import Scope
from engine.reach.place import Command
from engine.words.ending import deed_of, reading_of, silent
from engine.words.fields import Script
from engine.words.word import Deed, Model, Reading, Scene, Word


class ShellCommand(Model):
    """A constant command and the shell that reads it."""

    short: ClassVar[str] = "command"

    command: Script
    """Constant shell text; write "$name" where a param, input or output belongs."""
    shell: Literal["sh", "bash"] = "sh"
    """The shell that reads it; take bash only for what sh cannot do."""

    @property
    def script(self) -> str:
        """The text as plain sh understands it."""
        return self.command if self.shell == "sh" else f"exec bash -c {shlex.quote(self.command)}"

    @property
    def display(self) -> str:
        """One line for people: the first line, and how many follow."""
        first, *more = self.command.strip().splitlines()
        return f"{first} (+{len(more)} lines)" if more else first

    def command_for(self, scene: Scene, timeout: float) -> Command:
        """The command, with everything the scene gives beside it."""
        return Command(
            self.script,
            self.display,
            scene.scope.variables(),
            scene.secrets,
            scene.become,
            min(timeout, scene.timeout),
            scene.stop,
        )

    def read(self, scene: Scene) -> Reading:
        """Its output, when it exits 0."""
        return reading_of(scene.place.run(self.command_for(scene, scene.timeout), silent))


class Run(ShellCommand, Word):
    """Run a shell command on the host. Its text is constant: params arrive as variables, so write "$name".

    It counts as a change unless the step says `effect: read`.

        run: systemctl reset-failed "$unit"
        run: {command: "set -o pipefail; zcat -f access.log* | tail -n 5", shell: bash}
    """

    word: ClassVar[str] = "run"

    def show(self, scope: Scope) -> str:
        """The command's first line."""
        del scope
        return self.display

    def perform(self, scene: Scene) -> Deed:
        """Runs it to its end and parses the step's outputs from stdout."""
        return deed_of(scene.place.run(self.command_for(scene, scene.timeout), scene.sink), scene)
