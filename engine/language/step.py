"""One step: exactly one word, and the keys that say when, how long, how sure and what if not."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, model_validator

from engine.language.blocks import Input, Output, Retry, Rollback, StopRule, Verify, Witness
from engine.primitives.types import Condition, Duration, Name, StepId
from engine.reach.place import Become, Stop
from engine.words.check import Check
from engine.words.download import Download
from engine.words.evidence import Evidence
from engine.words.guide import Guide
from engine.words.http import Http
from engine.words.notify import Notify
from engine.words.run import Run
from engine.words.service import Service
from engine.words.task import Task
from engine.words.upload import Upload
from engine.words.use import Use
from engine.words.wait_for import WaitFor
from engine.words.word import Effect, Model, Word

OnFailure = Literal["stop", "continue", "ask", "rollback"]


class Action(Model):
    """Exactly one word."""

    words: ClassVar[tuple[str, ...]] = (
        "run", "task", "check", "http", "service", "upload", "download", "evidence", "guide", "wait_for", "notify",
        "use",
    )  # fmt: skip

    run: Run | None = None
    """A constant shell command; params arrive as `"$name"`."""
    task: Task | None = None
    """An Invoke task of the project, run on the controller."""
    check: Check | None = None
    """Run a check; the step fails when it does not pass."""
    http: Http | None = None
    """Ask HTTP and compare the answer."""
    service: Service | None = None
    """Start, stop, restart or reload a service, or read its state."""
    upload: Upload | None = None
    """Put a file on the host, whole or not at all."""
    download: Download | None = None
    """Fetch a file from the host into the record."""
    evidence: Evidence | None = None
    """Collect things before they change."""
    guide: Guide | None = None
    """Tell a person what to look at or do."""
    wait_for: WaitFor | None = None
    """Wait until a check passes, within a deadline."""
    notify: Notify | None = None
    """Tell people."""
    use: Use | None = None
    """Run another runbook's steps here."""

    @model_validator(mode="before")
    @classmethod
    def _one_word(cls, data: Any) -> Any:
        if isinstance(data, dict):
            given = [word for word in cls.words if word in data]
            if len(given) != 1:
                said = "none is given" if not given else f"{' and '.join(given)} are given"
                raise ValueError(f"a step has exactly one action, {said}; the actions are {', '.join(cls.words)}")
        return data

    @property
    def word(self) -> Word:
        """The one word."""
        found: Word = next(value for word in self.words if (value := getattr(self, word)) is not None)
        return found


class Step(Action):
    """One step of a runbook."""

    id: StepId
    """Unique in its runbook: lower-case words joined by hyphens."""
    title: str = Field(default="", max_length=200)
    """What a person reads; the id serves when it is missing."""
    why: str = Field(default="", max_length=4000)
    """Why the step is there, shown before it."""
    hosts: str = ""
    """Other hosts than the book's: a group, a host or a comma list."""
    once: bool = False
    """Run once per run, on the first host."""
    delegate: str = ""
    """`controller`, or a group: act there, for each host."""
    per: Literal["host", "run", ""] = ""
    """guide and notify happen once per run unless `host`."""
    when: Condition | None = None
    """May it run? A condition over params, outputs, inputs and named checks, per host."""
    effect: Effect | None = None
    """read, change or destructive; only a stated read reruns freely."""
    timeout: Duration | None = None
    """How long the act may take (with its unit: 60s, 5m)."""
    retry: Retry | None = None
    verify: Verify | None = None
    witness: Witness | None = None
    rollback: Rollback | None = None
    on_failure: OnFailure | None = None
    on_unreachable: OnFailure | None = None
    unattended: Literal["skip"] | None = None
    """With nobody there: skip. Without this line a step that needs a person parks the run."""
    outputs: dict[Name, Output] = Field(default_factory=dict)
    """Values parsed from stdout, passed on like params."""
    input: dict[Name, Input] = Field(default_factory=dict)
    """Values a person gives in a guide step, passed on like params."""
    become: bool | Become | None = None
    """Run as root (true) or as {user: NAME}, by sudo -n."""
    allow_exit: list[int] = Field(default_factory=lambda: [0])
    """Exit codes that count as done."""
    changed_when: str = ""
    """A pattern in stdout that says something was changed; without it a change step counts as changed."""
    sensitive: bool = False
    """Keep only length and digest of its output."""
    stop: StopRule | None = None
    idempotent: bool = False
    """Running it twice is the same as once: an unknown end may be answered by running it again."""

    @property
    def does(self) -> Effect:
        """The effect that counts: the stated one, else the word's."""
        return self.effect or self.word.effect

    @property
    def ending(self) -> Stop:
        """How the act is ended when it must."""
        return Stop() if self.stop is None else Stop(self.stop.signal, self.stop.grace)

    @property
    def identity(self) -> Become | None:
        """Whom the act runs as."""
        return Become() if self.become is True else (self.become or None)
