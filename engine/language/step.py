"""One step: exactly one word, and the keys that say when, how long, how sure and what if not."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.language.action import Action, Rollback
from engine.language.blocks import Retry, StopRule, Sudo, Verify, Witness
from engine.language.declared import Input, Output
from engine.primitives.shorthand import TrueFor
from engine.primitives.types import Condition, Duration, Name, Pattern, StepId
from engine.reach.place import Become, Stop
from engine.words.fields import Codes
from engine.words.word import Effect

OnFailure = Literal["stop", "continue", "ask", "rollback"]
HostText = Annotated[str, Field(max_length=1000, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.,-]*$")]
"""A group, a host or a comma list, as `--hosts` takes it."""


_ONLY_WITH = {
    "input": ("guide",),
    "unattended": ("guide",),
    "per": ("guide", "notify"),
    "outputs": ("run", "task", "http"),
    "changed_when": ("run", "task"),
    "allow_exit": ("run", "task"),
}


class Step(Action):
    """One step of a runbook."""

    id: StepId
    """Unique in its runbook: lower-case words joined by hyphens."""
    title: str = Field(default="", max_length=200)
    """What a person reads; the id serves when it is missing."""
    why: str = Field(default="", max_length=4000)
    """Why the step is there, shown before it."""
    hosts: HostText | None = None
    """Other hosts than the book's: a group, a host or a comma list."""
    once: bool = False
    """Run once per run, on the first host."""
    delegate: HostText | None = None
    """`controller`, or a group: act there, for each host."""
    per: Literal["host", "run"] | None = None
    """guide and notify happen once per run unless `host`."""
    when: Condition | None = None
    """May it run? A condition over params, outputs, inputs and named checks, per host."""
    effect: Effect | None = None
    """read, change or destructive; only a stated read reruns freely."""
    timeout: Annotated[Duration, Field(gt=0)] | None = None
    """How long the act may take (with its unit: 60s, 5m)."""
    retry: Retry | None = None
    """Try again when it failed."""
    verify: Verify | None = None
    """Did it work, and does it stay? A check, polled after the act."""
    witness: Witness | None = None
    """Did the act itself happen? A value read before and compared after a crash."""
    rollback: Rollback | None = None
    """The way back: an action, or `none — REASON`."""
    on_failure: OnFailure | None = None
    """When it fails: stop, continue, ask or rollback."""
    on_unreachable: OnFailure | None = None
    """When the host cannot be reached: stop, continue, ask or rollback."""
    unattended: Literal["skip"] | None = None
    """With nobody there: skip. Without this line a step that needs a person parks the run."""
    outputs: dict[Name, Output] = Field(default_factory=dict, max_length=50)
    """Values parsed from stdout, passed on like params."""
    input: dict[Name, Input] = Field(default_factory=dict, max_length=50)
    """Values a person gives in a guide step, passed on like params."""
    become: Annotated[Sudo | None, TrueFor()] = None
    """Run as root (true) or as {user: NAME}, by sudo -n."""
    allow_exit: Codes = Field(default_factory=lambda: [0])
    """Exit codes that count as done."""
    changed_when: Pattern | None = None
    """A pattern in stdout that says something was changed; without it a change step counts as changed."""
    sensitive: bool = False
    """Keep only length and digest of its output."""
    stop: StopRule | None = None
    """How the act is ended when it must: a signal, then KILL after a grace."""
    idempotent: bool = False
    """Running it twice is the same as once: an unknown end may be answered by running it again."""

    @model_validator(mode="after")
    def _fits_its_word(self) -> Step:
        word = self.word.word
        for key, words in _ONLY_WITH.items():
            if key in self.model_fields_set and word not in words:
                raise ValueError(f"{key} belongs to {' and '.join(words)} steps; this is a {word} step")
        return self

    @property
    def does(self) -> Effect:
        """The effect that counts: the stated one, else the word's."""
        return self.effect or self.word.effect

    @property
    def guarded(self) -> bool:
        """Only length and digest of its output are kept: it says so, or it makes a secret."""
        return self.sensitive or any(output.secret for output in self.outputs.values())

    @property
    def ending(self) -> Stop:
        """How the act is ended when it must."""
        return Stop() if self.stop is None else Stop(self.stop.signal, self.stop.grace)

    @property
    def identity(self) -> Become | None:
        """Whom the act runs as."""
        return None if self.become is None else Become(self.become.user)
