"""Real runs on this machine, over the ledger that ships in memory or the one on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.drive.begin import begin
from engine.drive.controller import Controller
from engine.drive.driver import Attendant, Progress
from engine.drive.listener import Listener
from engine.inventory.host import Host
from engine.language.load import parse
from incidents.event import Actor, Event, Json, Subject
from incidents.folds.run import RunState, fold
from incidents.ledger import open_ledger
from incidents.ledger.protocol import Ledger
from incidents.vocabulary.run import RunPlanned

ACTOR = Actor("tester", "test")
RUN, INCIDENT = "RUN-TEST", "INC-TEST"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger a user has."""
    opened = open_ledger(tmp_path / "home")
    yield opened
    opened.close()


class Bench:
    """Starts and drives runs of small books."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger

    def begin(
        self,
        *steps: dict[str, Json],
        hosts: tuple[str, ...] = ("local",),
        given: dict[str, Json] | None = None,
        references: dict[str, str] | None = None,
        last: list[Json] | None = None,
        **more: Json,
    ) -> None:
        """Plans a run and opens its record."""
        document: dict[str, Json] = {"version": 1, "id": "test-book", "title": "Test", "steps": list(steps), **more}
        if last is not None:
            document["finally"] = last
        parse(document)
        inventory = {name: Host(name).to_json() for name in hosts}
        planned = RunPlanned(
            RUN, INCIDENT, document, {}, list(hosts), dict(inventory), given or {}, references or {}, {}, "d"
        )
        begin(self.ledger, planned, ACTOR)

    def controller(self, listeners: tuple[Listener, ...] = (), attendant: Attendant | None = None) -> Controller:
        """A controller of the run."""
        return Controller(self.ledger, RUN, ACTOR, listeners=listeners, attendant=attendant)

    def drive(self, **options: Attendant | tuple[Listener, ...]) -> Progress:
        """Drives the run to its end or its question."""
        return self.controller(**options).drive()  # type: ignore[arg-type]

    def run(
        self,
        *steps: dict[str, Json],
        hosts: tuple[str, ...] = ("local",),
        given: dict[str, Json] | None = None,
        **more: dict[str, Json],
    ) -> RunState:
        """Begins and drives."""
        self.begin(*steps, hosts=hosts, given=given, references=None, last=None, **more)
        return self.drive().state

    @property
    def state(self) -> RunState:
        """The run, folded from the ledger."""
        return fold(self.ledger.read(RUN))

    def output(self, step: str, host: str = "local", attempt: int = 1, stream: str = "out") -> bytes:
        """What the record kept."""
        chunks = self.ledger.output(RUN, f"{step}/{host}/{attempt}/{stream}")
        return b"".join(chunk.data for chunk in chunks)

    def message(self, step: str, host: str = "local") -> str:
        """What the record says of a step's end."""
        finished = self.state.cell(step, host).finished
        assert finished is not None
        return finished.message


@pytest.fixture
def bench(ledger: Ledger) -> Bench:
    """A bench over the ledger on disk."""
    return Bench(ledger)


class Watcher:
    """A listener that remembers."""

    def __init__(self, on_event: Callable[[Event], None] | None = None) -> None:
        self.events: list[Event] = []
        self.out = b""
        self._on_event = on_event

    def event(self, event: Event) -> None:
        """Remembers, then does what the test wants."""
        self.events.append(event)
        if self._on_event is not None:
            self._on_event(event)

    def output(self, subject: Subject, stream: str, data: bytes) -> None:
        """Remembers."""
        del subject, stream
        self.out += data
