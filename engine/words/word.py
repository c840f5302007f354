"""What every word is: a strict model of its YAML with one way to perform it; knows no runs, no ledger, no order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from engine.primitives.clock import Clock
from engine.primitives.scope import Scope
from engine.primitives.values import Value
from engine.reach.place import Become, Place, Sink, Stop
from incidents.secret import Secret
from incidents.vocabulary.codec import Fact

Effect = Literal["read", "change", "destructive"]
Status = Literal["ok", "failed", "unreachable", "timed_out", "unknown"]


class Model(BaseModel):
    """The base of everything that stands in YAML: unknown keys are errors, values never change."""

    # Start-up: models are built once, as parts of the book; engine/language/schema.py reads the attribute docstrings.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    short: ClassVar[str] = ""
    """The key that a bare text or list stands for (`run: ls` is `run: {command: ls}`); empty: there is no short form.

    A fault in a short form carries this key in its location although the YAML does not.
    """

    @model_validator(mode="before")
    @classmethod
    def _from_short(cls, data: Any) -> Any:
        return {cls.short: data} if cls.short and isinstance(data, (str, int, float, list)) else data

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core_schema))
        if not cls.short:
            return schema
        return {"description": schema.get("description", ""), "anyOf": [schema["properties"][cls.short], schema]}


def exactly_one(model: Model, *keys: str) -> str:
    """The one key of these that is given. Raises ValueError that names them."""
    names = {key: type(model).model_fields[key].alias or key for key in keys}
    given = [key for key in keys if getattr(model, key) is not None]
    if len(given) != 1:
        said = "none is given" if not given else f"{' and '.join(names[key] for key in given)} are given"
        raise ValueError(f"exactly one of {', '.join(names.values())} is needed, {said}")
    return given[0]


@dataclass(frozen=True, slots=True)
class Observation:
    """What a probe saw. `passed` is None when it could not be decided; `reached` is False when the host was not."""

    passed: bool | None
    detail: str
    seconds: float = 0.0
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as it was read, or None and why it could not be; `reached` is False when the host was not."""

    value: str | None
    detail: str = ""
    seconds: float = 0.0
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Deed:
    """How performing a word ended. `outputs` are the parsed ones; `exit` is a command's, when there was one.

    `message` never quotes what a host said: `quote` does, and a sensitive step leaves it out. `changed` is None when
    the word cannot tell (the step's effect and `changed_when` over `stdout` decide then), False when nothing had to
    be done.
    """

    status: Status
    message: str = ""
    quote: str = ""
    exit: int | None = None
    outputs: Mapping[str, Value] = field(default_factory=dict)
    changed: bool | None = None
    stdout: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message to one contact; `attempted` is False when it has no target to send to."""

    delivered: bool
    detail: str
    attempted: bool = True


@dataclass(frozen=True, slots=True)
class Stored:
    """Where named bytes went, and the SHA-256 of what was stored; both empty when only their digest may be kept."""

    output: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a word may use while it is performed on one host. It has no way to anything else.

    `place` is the step's host, `controller` this machine; `timeout` (seconds) covers the whole act.
    `record` adds a fact beside the step, `keep` stores named bytes of evidence,
    `observe` runs a named check now, `notify` sends a message to one contact. `allow_exit` are the exit codes that
    count as done. `files` are the local files that the plan binds, by path, with their SHA-256.
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
    keep: Callable[[str, bytes], Stored]
    observe: Callable[[str], Observation]
    notify: Callable[[str, str], Delivery]
    clock: Clock
    files: Mapping[str, str] = field(default_factory=dict)


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
