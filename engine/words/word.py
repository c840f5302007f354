"""What every word is: a strict model of its YAML with one way to perform it; knows no runs, no ledger, no order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from engine.primitives.scope import Scope
from engine.primitives.values import Value
from engine.reach.place import Become, Place, Sink, Stop
from incidents.secret import Secret
from incidents.vocabulary.codec import Fact

Effect = Literal["read", "change", "destructive"]
Status = Literal["ok", "changed", "failed", "unreachable", "timed_out", "unknown"]


class Model(BaseModel):
    """The base of everything that stands in YAML: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Observation:
    """What a probe saw. `passed` is None when it could not be decided (the host did not answer, say)."""

    passed: bool | None
    detail: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Deed:
    """How performing a word ended. `outputs` are the parsed ones; `exit` is a command's, when there was one."""

    status: Status
    message: str = ""
    exit: int | None = None
    outputs: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a word may use while it is performed on one host. It has no way to anything else.

    `place` is the step's host, `controller` this machine; `timeout` (seconds) covers the whole act.
    `record` adds a fact beside the step, `keep` stores named bytes of evidence and returns their output id,
    `observe` runs a named check now. `allow_exit` are the exit codes that count as done.
    """

    place: Place
    controller: Place
    scope: Scope
    secrets: Mapping[str, Secret]
    sink: Sink
    timeout: float
    become: Become | None
    stop: Stop
    allow_exit: tuple[int, ...]
    outputs: Mapping[str, OutputRule]
    record: Callable[[Fact], None]
    keep: Callable[[str, bytes], str]
    observe: Callable[[str], Observation]
    notify: Callable[[str, str], tuple[bool, str]]
    """Sends a message to one contact; answers (delivered, detail)."""


class OutputRule(Protocol):
    """How one output is taken from stdout."""

    def take(self, name: str, text: str) -> Value:
        """The value, or ValueError with what was expected and what was there."""


class Word(Model):
    """A word of the language. Subclasses hold its YAML as fields; the docstring is the schema's hover text."""

    word: ClassVar[str]
    """The key in YAML."""
    once: ClassVar[bool] = False
    """True when it happens once per run unless the step says `per: host`."""

    @property
    def effect(self) -> Effect:
        """What it does to its host unless the step says otherwise."""
        return "change"

    def show(self, scope: Scope) -> str:
        """One line for a person: what will be done."""
        raise NotImplementedError

    def perform(self, scene: Scene) -> Deed:
        """Does it. Never raises for what a host does; the deed says it."""
        raise NotImplementedError
