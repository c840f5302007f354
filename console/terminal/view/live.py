"""A run as a person follows it: a line when a step starts, its output, a line when it ends; it decides nothing."""

from __future__ import annotations

from collections.abc import Mapping

from console.terminal.view.output import Output
from console.terminal.view.paint import Style, harmless
from console.terminal.view.screen import Screen
from engine.reach.place import Stream
from incidents.event import Event, Subject
from incidents.vocabulary import Unread, read
from incidents.vocabulary.run import (
    CheckObserved,
    QuestionAsked,
    RunFinished,
    RunParked,
    RunPlanned,
    RunStarted,
    StepActed,
    StepFinished,
    StepSkipped,
    StepStarted,
    StopRequested,
    WitnessTaken,
)
from incidents.wording import words

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
_UNSAID = (RunPlanned, RunParked, RunFinished, StepActed, WitnessTaken)
"""In the record, and not worth a line while it happens: the neighbours say it."""
Key = tuple[str, str, int]


class LiveView:
    """A listener that writes to a screen. `titles` are by step path; `hosts` make the first column; `inv` is how this
    record's tasks are called.

    `questions`: show those too, for somebody who only watches. Who drives is asked them, or told at the end.
    """

    def __init__(
        self,
        screen: Screen,
        inv: str,
        run: str,
        titles: Mapping[str, str],
        hosts: tuple[str, ...],
        *,
        questions: bool = False,
    ) -> None:
        self._screen, self._inv, self._run = screen, inv, run
        self._titles, self._questions = titles, questions
        self._width = min(WIDEST_HOST, max((len(host) for host in hosts), default=0))
        self._outputs: dict[Key, dict[Stream, Output]] = {}
        self.under_way: dict[Key, StepStarted] = {}
        """Steps that started and have not ended."""

    def event(self, event: Event) -> None:
        """Shows what it says, if it is of interest now."""
        fact, subject = read(event), event.subject
        about = f"{subject.step}: {words(fact, event.actor.id)}" if subject.step else words(fact, event.actor.id)
        match fact:
            case StepStarted():
                self.under_way[_key(subject)] = fact
                again = f" (attempt {subject.attempt})" if subject.attempt > 1 else ""
                title = self._titles.get(subject.step, subject.step)
                self._say(subject, "▸", f"{title}{again}", "strong", f"  {fact.display}")
            case StepFinished():
                self.under_way.pop(_key(subject), None)
                self._end_output(subject)
                mark, style = _MARKS.get(fact.status, ("·", "plain"))
                self._say(subject, mark, about, style)
            case StepSkipped():
                self._say(subject, "·", about, "faint")
            case Unread() | StopRequested():
                self._say(subject, "·", about, "doubt")
            case QuestionAsked():
                if self._questions:
                    self._say(subject, "?", about, "doubt")
            case RunStarted(resumed=False):
                pass
            case CheckObserved(purpose="step" | "when"):
                pass  # what the step does next says it
            case _ if not isinstance(fact, _UNSAID):
                self._say(subject, " ", about, "faint")

    def output(self, subject: Subject, stream: Stream, data: bytes) -> None:
        """Shows the first lines of it."""
        streams = self._outputs.setdefault(_key(subject), {})
        for line in streams.setdefault(stream, Output()).feed(data):
            self._say(subject, "│", line, "plain")

    def _end_output(self, subject: Subject) -> None:
        hidden = 0
        for output in self._outputs.pop(_key(subject), {}).values():
            for line in output.finish():
                self._say(subject, "│", line, "plain")
            hidden += output.hidden
        if hidden:
            self._say(
                subject,
                "│",
                f"… {hidden:,} more lines: {self._inv} run.show {self._run} --step {subject.step}",
                "faint",
            )

    def _say(self, subject: Subject, mark: str, text: str, style: Style, aside: str = "") -> None:
        host = harmless(subject.host)[: self._width]
        lead = f"{host:{self._width}}  {mark} "
        if style in ("bad", "doubt"):
            self._screen.whole(harmless(text), style, lead=lead)  # what went wrong is never cut
        else:
            self._screen.line(harmless(text), style, lead=lead, aside=harmless(aside))


def _key(subject: Subject) -> Key:
    return subject.step, subject.host, subject.attempt
