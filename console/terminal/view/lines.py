"""Events as JSON lines on stdout, one each; it knows nothing of what they mean."""

from __future__ import annotations

from dataclasses import asdict

from console.terminal.stdout import say_json
from engine.reach.place import Stream
from incidents.event import Event, Subject


class JsonView:
    """A listener for scripts. Output of steps stays in the record: ask `run.show --step`."""

    def event(self, event: Event) -> None:
        """Says it."""
        say_json(event_line(event))

    def output(self, subject: Subject, stream: Stream, data: bytes) -> None:
        """Says nothing."""


def event_line(event: Event) -> dict[str, object]:
    """An event as `--json` shows it. `at` is the writer's clock; `data` is null when it was redacted."""
    return {
        "schema": "watchbook/event/1",
        "stream": event.stream,
        "seq": event.seq,
        "at": event.at.isoformat(),
        "actor": asdict(event.actor),
        "kind": event.kind,
        "v": event.v,
        "subject": asdict(event.subject),
        "data": None if event.data is None else dict(event.data),
    }
