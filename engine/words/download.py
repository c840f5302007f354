"""`download`: fetches a file from the host into the record, hashed on both sides."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from engine.primitives.scope import Scope
from engine.primitives.types import Size, StepId, Template
from engine.words.evidence import LARGEST
from engine.words.word import Deed, Effect, Scene, Word


class Download(Word):
    """Fetch a file from the host into the record, whole or not at all.

    download: {from: "/var/log/{{ unit }}.log", as: log, max: 20MB}
    """

    word: ClassVar[str] = "download"

    from_: Template = Field(alias="from")
    """The whole path on the host."""
    as_: StepId = Field(alias="as")
    """What the record calls it."""
    max: Annotated[Size, Field(le=LARGEST)] = 10_000_000
    """A larger file is refused; `evidence` keeps a part instead."""

    @property
    def effect(self) -> Effect:
        """A read."""
        return "read"

    def show(self, scope: Scope) -> str:
        """What is fetched, and its name in the record."""
        return f"download {self.from_.render(scope)} as {self.as_}"

    def perform(self, scene: Scene) -> Deed:
        """Fetches it, and keeps it as evidence."""
        raise NotImplementedError
