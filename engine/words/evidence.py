"""`evidence`: collects things before they change, hashed where they lay and where they arrived."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from engine.primitives.scope import Scope
from engine.primitives.types import Size, StepId, Template
from engine.words.fields import Codes
from engine.words.probe import HttpProbe
from engine.words.run import ShellCommand
from engine.words.service import ServiceReading
from engine.words.word import Deed, Effect, Model, Scene, Word, exactly_one

LARGEST = 64 * 1024 * 1024


class Item(Model):
    """One thing to keep: exactly one of run, service, file and http.

    {name: log, service: {name: "{{ unit }}", get: logs, since: 30m}, max: 5MB}
    """

    name: StepId
    """What the record calls it."""
    run: ShellCommand | None = None
    """The output of a command that only reads."""
    service: ServiceReading | None = None
    """A service's log, state, pid or start."""
    file: Template | None = None
    """A file on the host, by its path."""
    http: HttpProbe | None = None
    """The body of an answer."""
    max: Annotated[Size, Field(le=LARGEST)] = 1_000_000
    """How much is kept. Logs and files keep their end, other things their beginning; the record says what was cut."""
    allow_exit: Codes = Field(default=[0])
    """Exit codes of `run` that count as collected."""

    @model_validator(mode="after")
    def _one_source(self) -> Item:
        exactly_one(self, "run", "service", "file", "http")
        return self


class Evidence(Word):
    """Collect things before they change: every item is read once, hashed on the host and on arrival, and kept.

    An item that cannot be had does not lose the others; the step then says how many are missing.

        evidence:
          - {name: log, service: {name: "{{ unit }}", get: logs, since: 30m}, max: 5MB}
          - {name: listeners, run: ss -ltn, allow_exit: [0, 127]}
    """

    word: ClassVar[str] = "evidence"
    short: ClassVar[str] = "items"

    items: Annotated[list[Item], Field(min_length=1, max_length=100)]
    """What to keep."""

    @property
    def effect(self) -> Effect:
        """A read."""
        return "read"

    def show(self, scope: Scope) -> str:
        """The names of the items."""
        del scope
        return f"keep {', '.join(item.name for item in self.items)}"

    def perform(self, scene: Scene) -> Deed:
        """Collects every item and says how many could not be had."""
        raise NotImplementedError
