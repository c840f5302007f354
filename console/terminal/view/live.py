"""A run as a person follows it: a line when a step starts, its output, a line when it ends; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping

from console.terminal.view.output import Output
from console.terminal.view.paint import Style, harmless
from console.terminal.view.screen import Screen
from engine.reach.place import Stream
from incidents.event import Event, Subject
from incidents.vocabulary import Fact, Unread, read
from incidents.vocabulary.incident import NoteAdded
from incidents.vocabulary.run import (
    CheckObserved,
    EvidenceKept,
    NotificationSent,
    QuestionAnswered,
    QuestionAsked,
    RunStarted,
    StepFinished,
    StepSkipped,
    StepStarted,
    StopRequested,
)

WIDEST_HOST = 16
_MARKS: dict[str, tuple[str, Style]] = {
    "ok": ("✓", "good"),
    "changed": ("✓", "good"),
    "rolled_back": ("✓", "good"),
    "failed": ("✗", "bad"),
    "timed_out": ("✗", "bad"),
    "unreachable": ("✗", "bad"),
    "unknown": ("?", "doubt"),
}
Key = tuple[str, str, int]


class LiveView:
    """A listener that writes to a screen. `titles` are by step path; `hosts` make the first column.

    `questions`: show those too, for somebody who only watches. Who drives is asked them, or told at the end.
    """

    def __init__(
        self, screen: Screen, run: str, titles: Mapping[str, str], hosts: tuple[str, ...], *, questions: bool = False
    ) -> None:
        self._screen, self.run, self._titles, self._questions = screen, run, titles, questions
        self._width = min(WIDEST_HOST, max((len(host) for host in hosts), default=0))
        self._outputs: dict[Key, dict[Stream, Output]] = {}
        self.under_way: dict[Key, StepStarted] = {}
        """Steps that started and have not ended."""

    def event(self, event: Event) -> None:
        """Shows what it says, if it is of interest now."""
        fact, subject = read(event), event.subject
        match fact:
            case StepStarted():
                self.under_way[_key(subject)] = fact
                again = f" (attempt {subject.attempt})" if subject.attempt > 1 else ""
                title = self._titles.get(subject.step, subject.step)
                self._say(subject, "▸", f"{title}{again}", "strong", f" {fact.display}")
            case StepFinished():
                self.under_way.pop(_key(subject), None)
                self._end_output(subject)
                mark, style = _MARKS.get(fact.status, ("·", "plain"))
                self._say(subject, mark, f"{subject.step} {_how(fact)}", style)
            case StepSkipped():
                self._say(subject, "·", f"{subject.step} skipped: {fact.detail or fact.reason}", "faint")
            case RunStarted(resumed=True):
                self._say(subject, "·", f"taken over by {fact.controller}, pid {fact.pid}", "faint")
            case Unread():
                self._say(subject, "?", f"event {event.seq} cannot be read here: {fact.kind} v{fact.v}", "doubt")
            case _:
                self._aside(subject, fact, event.actor.id)

    def output(self, subject: Subject, stream: Stream, data: bytes) -> None:
        """Shows the first lines of it."""
        streams = self._outputs.setdefault(_key(subject), {})
        for line in streams.setdefault(stream, Output()).feed(data):
            self._say(subject, "│", line, "plain")

    def _aside(self, subject: Subject, fact: Fact, actor: str) -> None:
        match fact:
            case CheckObserved():
                says = {True: "yes", False: "no", None: "cannot be decided"}[fact.passed]
                self._say(subject, " ", f"{fact.check}? {says}: {fact.detail}", "faint")
            case EvidenceKept():
                cut = f", {fact.cut:,} cut" if fact.cut else ""
                self._say(subject, " ", f"kept {fact.name}: {fact.length:,} bytes{cut}", "faint")
            case NotificationSent():
                told = "told" if fact.delivered else "not told"
                self._say(subject, " ", f"{fact.to} {told}: {fact.detail or fact.message}", "faint")
            case QuestionAsked() if self._questions:
                self._say(subject, "?", f"{fact.question} asks: {fact.text}", "doubt")
            case QuestionAnswered():
                why = f" ({fact.reason})" if fact.reason else ""
                self._say(subject, " ", f"{fact.question}: {fact.choice}, says {actor}{why}", "faint")
            case StopRequested():
                self._say(subject, "·", f"stop wanted by {actor}: {fact.reason}", "doubt")
            case NoteAdded():
                self._say(subject, " ", fact.text, "faint")
            case _:
                pass

    def _end_output(self, subject: Subject) -> None:
        hidden = 0
        for output in self._outputs.pop(_key(subject), {}).values():
            for line in output.finish():
                self._say(subject, "│", line, "plain")
            hidden += output.hidden
        if hidden:
            self._say(
                subject, "│", f"… {hidden:,} more lines: ./inv run.show {self.run} --step {subject.step}", "faint"
            )

    def _say(self, subject: Subject, mark: str, text: str, style: Style, aside: str = "") -> None:
        host = harmless(subject.host)[: self._width]
        self._screen.line(harmless(text), style, lead=f"{host:{self._width}}  {mark} ", aside=harmless(aside))


def _key(subject: Subject) -> Key:
    return subject.step, subject.host, subject.attempt


def _how(fact: StepFinished) -> str:
    verified = {True: ", verified", False: ", not verified", None: ""}[fact.verified]
    told = f": {fact.message}" if fact.message else ""
    return f"{fact.status.replace('_', ' ')}{verified}, {fact.seconds:.1f} s{told}"
