"""What a step does: exactly one word of the language; and the way back, which is a word too, or a reason for none."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

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
from engine.words.word import Model, Word

WORDS: tuple[type[Word], ...] = (
    Run, Task, Check, Http, Service, Upload, Download, Evidence, Guide, WaitFor, Notify, Use
)  # fmt: skip
"""Every word of the language, in the order people read of them."""


def _reason(value: Any) -> str:
    match = re.fullmatch(r"none\s*(?:[—–:]|--?)\s*(\S.*)", value, re.DOTALL) if isinstance(value, str) else None
    if match is None:
        raise ValueError("a rollback is an action, or 'none — ' and the reason why there is no way back")
    return match[1].strip()


NoWayBack = Annotated[
    str,
    Field(max_length=500),
    BeforeValidator(_reason),
    WithJsonSchema({"type": "string", "pattern": "^none", "examples": ["none — a restart has no way back"]}),
]
"""The reason why there is no way back, written `none — REASON`."""


class NotOneWord(ValueError):
    """None or several actions where one belongs; `hint` names the actions there are."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class _OneWord(Model):
    """Something that holds exactly one word."""

    words: ClassVar[tuple[str, ...]]
    noun: ClassVar[str]

    @model_validator(mode="after")
    def _one_word(self) -> Self:
        if problem := self.problem_with([word for word in self.words if getattr(self, word) is not None]):
            raise problem
        return self

    @classmethod
    def problem_with(cls, given: list[str]) -> NotOneWord | None:
        """Why these words together are not one action; None when they are."""
        if len(given) == 1:
            return None
        said = "none is given" if not given else f"{' and '.join(given)} are given"
        return NotOneWord(f"{cls.noun} has exactly one action, {said}", f"the actions are {', '.join(cls.words)}")

    @property
    def word(self) -> Word:
        """The one word."""
        found: Word = next(value for word in self.words if (value := getattr(self, word)) is not None)
        return found


class Action(_OneWord):
    """Exactly one word."""

    words: ClassVar[tuple[str, ...]] = tuple(word.word for word in WORDS)
    noun: ClassVar[str] = "a step"

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


class Rollback(_OneWord):
    """The way back: an action, or the reason why there is none. It counts as a change.

    rollback: none — a restart has no way back
    rollback: {run: ln -sfn "$previous" /srv/app/current}
    """

    words: ClassVar[tuple[str, ...]] = ("none", "run", "task", "http", "service", "upload")
    noun: ClassVar[str] = "a rollback"
    short: ClassVar[str] = "none"

    none: NoWayBack | None = None
    """There is no way back: `none — REASON`."""
    run: Run | None = None
    """A constant shell command; params arrive as `"$name"`."""
    task: Task | None = None
    """An Invoke task of the project, run on the controller."""
    http: Http | None = None
    """Ask HTTP and compare the answer."""
    service: Service | None = None
    """Start, stop, restart or reload a service."""
    upload: Upload | None = None
    """Put a file on the host."""

    @property
    def action(self) -> Rollback | None:
        """The way back, or None when there is none."""
        return self if self.none is None else None
