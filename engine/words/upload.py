"""`upload`: puts a file of the project on the host, whole or not at all."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from engine.primitives.scope import Scope
from engine.primitives.types import Size, Template
from engine.words.word import Deed, Scene, Word

Mode = Annotated[str, Field(pattern=r"^0?[0-7]{3}$")]
LocalPath = Annotated[str, Field(min_length=1, max_length=500)]


class Upload(Word):
    """Put a file on the host: written beside its target, hashed on both sides, then renamed.

    upload: {from: files/logrotate.conf, to: /etc/logrotate.d/backend, mode: "0644"}
    """

    word: ClassVar[str] = "upload"

    from_: LocalPath = Field(alias="from")
    """A path inside the runbook's folder, or inside the project. The plan holds its hash."""
    to: Template
    """The whole path on the host."""
    mode: Mode = "0644"
    """Its permissions, in octal and in quotes."""
    max: Size = 10_000_000
    """A larger file is refused."""

    def show(self, scope: Scope) -> str:
        """From where to where."""
        return f"upload {self.from_} to {self.to.render(scope)}"

    def perform(self, scene: Scene) -> Deed:
        """Checks that the file is the planned one, and puts it."""
        raise NotImplementedError
