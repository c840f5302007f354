"""The parts of a report as plain values, between gathering and rendering."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from incidents.chain import Fault
from incidents.event import Event, Subject
from incidents.folds.incident import Record
from incidents.folds.said import Said
from incidents.signing import HeadText, Signature
from incidents.timeline import Line
from incidents.vocabulary.incident import BundleHanded, RunLinked
from incidents.vocabulary.run import (
    EvidenceKept,
    NotificationSent,
    QuestionAnswered,
    QuestionAsked,
    RunPlanned,
    StepFinished,
    StepSkipped,
    StepStarted,
)


@dataclass(slots=True)
class Deed:
    """One attempt of one step on one host, as far as its run's stream tells."""

    run: str
    subject: Subject
    first: Event
    started: StepStarted | None = None
    finished: StepFinished | None = None
    skipped: StepSkipped | None = None

    @property
    def status(self) -> str:
        """What is known of its end; a start without an end is unknown."""
        if self.finished:
            return self.finished.status.replace("_", " ")
        return "skipped" if self.skipped else "unknown"

    @property
    def went_well(self) -> bool:
        """It ended, and as it should."""
        return self.status in ("ok", "changed", "skipped", "rolled back")


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of one kept output. `before` bytes stand before it in the ledger, `lost` bytes were never kept."""

    deed: Deed
    output: str
    text: str
    before: int
    lost: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """A check that did not pass on a host: the first look that saw it, and the look that saw it pass again."""

    host: str
    check: str
    seen: Event
    over: Event | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the one answer it got, if it got one."""

    asked: Said[QuestionAsked]
    answered: Said[QuestionAnswered] | None


@dataclass(frozen=True, slots=True)
class Run:
    """One linked run. `planned` is None when its stream is not here, or its plan was redacted."""

    link: RunLinked
    planned: RunPlanned | None
    status: str
    seconds: float | None
    deeds: Sequence[Deed]


@dataclass(frozen=True, slots=True)
class Chain:
    """A stream's head when the report was made, and what checking the chain found.

    `signature` is None when the report was made without keys.
    """

    stream: str
    seq: int
    hash: str
    faults: Sequence[Fault]
    signature: Signature | None = None

    @property
    def head(self) -> HeadText:
        """What to keep elsewhere: `./inv incident.verify --head` holds the record against it."""
        return HeadText(self.stream, self.seq, self.hash, self.signature.key if self.signature else "")


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says."""

    record: Record
    runs: Sequence[Run]
    lines: Sequence[Line]
    troubles: Sequence[Trouble]
    questions: Sequence[Question]
    evidence: Sequence[Said[EvidenceKept]]
    handed: Sequence[Said[BundleHanded]]
    notifications: Sequence[Said[NotificationSent]]
    unread: Sequence[Line]
    tails: Sequence[Tail]
    tails_left_out: int
    chains: Sequence[Chain]
    cannot_know: Sequence[str]

    @property
    def deeds(self) -> list[Deed]:
        """Every deed of every run."""
        return [deed for run in self.runs for deed in run.deeds]

    @property
    def unknown(self) -> list[Deed]:
        """What may or may not have happened."""
        return [deed for deed in self.deeds if deed.status == "unknown"]
