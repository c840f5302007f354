"""What a book's own `tests:` say: scripted hosts, answers and what must come of them; engine/rehearse runs them."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, WithJsonSchema, model_validator

from engine.primitives.shorthand import OneOrMany
from engine.primitives.types import Duration, Name
from engine.words.word import Model

Scalar = str | int | float | bool
Outcome = Literal["succeeded", "failed", "rolled_back", "rollback_failed", "stopped", "unknown", "waiting"]
Status = Literal["ok", "changed", "failed", "skipped", "unreachable", "timed_out", "unknown", "rolled_back"]
Ending = Literal["exited", "timed_out", "unreachable", "unknown"]

_STEP = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
_PATH = rf"{_STEP}(/{_STEP})*(\.rollback)?"
EVERYTHING = "*"

StepPath = Annotated[str, Field(pattern=rf"^{_PATH}$", max_length=500)]
"""A step's id, behind the ids of the `use` steps it came through (`heal/restart`); `.rollback` is its way back."""
ScriptKey = Annotated[str, Field(pattern=rf"^(\*|{_PATH}|({_STEP}/)*[a-z][a-z0-9_]*)$", max_length=500)]
"""A check's name, a step's path, or * for whatever is not named."""
HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$")]
QuestionId = Annotated[str, Field(pattern=rf"^{_PATH}(@[A-Za-z0-9][A-Za-z0-9_.-]*)?(#[0-9]+)?$", max_length=500)]
"""`read-log`, `read-log@web-1`, or `restart@web-1#1` for what is asked about the first attempt there."""


class Scripted(Model):
    """How one act ends on a rehearsed host. What is not said: it exits 0 at once and prints nothing.

    restart: {exit: 1, stderr: "no such unit", after: 2s}
    restart: {ended: unknown, witness: ["100", "200"]}
    """

    exit: int = Field(default=0, ge=0, le=255)
    """The exit code of a command; for other words 0 is done, anything else failed."""
    stdout: str = Field(default="", max_length=65536)
    """What it prints; outputs are parsed from it."""
    stderr: str = Field(default="", max_length=65536)
    """What it says on stderr."""
    after: Duration = 0.0
    """How long it takes, in rehearsed time; longer than the step's timeout ends as timed_out."""
    ended: Ending = "exited"
    """exited, timed_out, unreachable (the host is gone) or unknown (the connection is lost in the act)."""
    witness: list[str] = Field(default_factory=list, max_length=10)
    """What the step's witness reads before the act and after it."""


Look = Annotated[bool | None, WithJsonSchema({"type": ["boolean", "null"]}), Tag("(look)")]
Act = Annotated[Scripted, Tag("(act)")]
Reply = Annotated[Look | Act, Discriminator(lambda value: "(act)" if isinstance(value, (dict, Scripted)) else "(look)")]
Script = Annotated[list[Reply], Field(min_length=1, max_length=100), OneOrMany()]
"""One reply after the other; the last repeats. true, false or null (undecided) for a check, a mapping for a step."""


class Answer(Model):
    """What a person answers to a question.

    read-log: {values: {finding: out of memory}}
    restart@web-1#1: retry
    """

    short: ClassVar[str] = "choice"

    choice: str = Field(default="done", max_length=50)
    """done or skip for a guide; retry, continue, stop or rollback after a failure; happened, retry or stop."""
    values: dict[Name, Scalar] = Field(default_factory=dict)
    """The inputs of a guide step."""


class Expected(Model):
    """What must come of it. What is not named may be as it likes."""

    outcome: Outcome | None = None
    """How the run ends; waiting when it stands at a question."""
    ran: list[StepPath] | None = None
    """These steps were performed, in this order; others may have been too."""
    not_ran: list[StepPath] | None = None
    """These were never started."""
    skipped: list[StepPath] | None = None
    """These were skipped on at least one host."""
    asked: list[QuestionId] | None = None
    """These questions were asked, and no others."""
    statuses: dict[StepPath, Status | dict[HostName, Status]] = Field(default_factory=dict)
    """How steps ended: on every host, or host by host."""

    @model_validator(mode="after")
    def _something(self) -> Expected:
        if not self.model_fields_set:
            raise ValueError("a test expects at least one thing, like outcome: succeeded")
        return self


class RehearsalCase(Model):
    """A test of this runbook on rehearsed hosts; `./inv book.test` runs it, and touches nothing.

    {name: a restart heals it, hosts: {web-1: {healthy: [false, true]}}, expect: {outcome: succeeded, ran: [restart]}}
    """

    name: str = Field(min_length=1, max_length=200)
    """What is shown, as a sentence."""
    params: dict[Name, Scalar] = Field(default_factory=dict)
    """Params given at the start."""
    hosts: dict[HostName, dict[ScriptKey, Script]] = Field(default_factory=dict, max_length=100)
    """The hosts, and how their checks and steps go; checks pass and steps succeed unless it is said otherwise."""
    answers: dict[QuestionId, Answer] = Field(default_factory=dict)
    """What a person answers. With no answers at all nobody is there."""
    expect: Expected
    """What must come of it."""

    def looks(self, host: str, check: str) -> list[bool | None]:
        """What a check says on a host, look by look; empty when nothing is scripted."""
        for key in (check, EVERYTHING):
            replies = self.hosts.get(host, {}).get(key, [])
            if looks := [reply for reply in replies if not isinstance(reply, Scripted)]:
                return looks
        return []

    def acts(self, host: str, path: str) -> list[Scripted]:
        """How a step ends on a host, attempt by attempt; empty when nothing is scripted."""
        for key in (path, EVERYTHING):
            replies = self.hosts.get(host, {}).get(key, [])
            if acts := [reply for reply in replies if isinstance(reply, Scripted)]:
                return acts
        return []
