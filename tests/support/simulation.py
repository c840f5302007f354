"""Plays a plan against the conductor with scripted ends, on the ledger that ships in memory; no place, no thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.conduct.conductor import conduct
from engine.conduct.moves import Observe, Park, Perform, Record, TakeWitness
from engine.inventory.host import Host
from engine.language.load import parse
from engine.plan.layout import lay_out
from incidents.event import Actor, Json, Subject
from incidents.folds.run import RunState, fold
from incidents.ledger.memory import MemoryLedger
from incidents.ledger.protocol import Batch, Entry
from incidents.vocabulary import Fact, draft
from incidents.vocabulary.run import (
    CheckObserved,
    QuestionAnswered,
    RunPlanned,
    RunStarted,
    StepFinished,
    StepStarted,
    WitnessTaken,
)

ACTOR = Actor("tester", "test")
RUN = "RUN-1"
End = Callable[[Perform], str]


@dataclass
class Simulation:
    """One run. `ends` says how each act ends, `checks` what each look sees; `log` is what was ordered, in order."""

    document: dict[str, Json]
    hosts: tuple[str, ...] = ("web-1",)
    ends: End = lambda move: "ok" if move.stage.step.does == "read" else "changed"
    checks: Callable[[Observe], bool | None] = lambda move: False
    attended: bool = False
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = MemoryLedger()
        inventory: dict[str, Json] = {name: Host(name, address="192.0.2.1").to_json() for name in self.hosts}
        uses: dict[str, Json] = {}
        planned = RunPlanned(RUN, "INC-1", self.document, uses, list(self.hosts), inventory, {}, {}, {}, "digest")
        self.plan = lay_out(planned)
        self._append(planned, Subject(RUN), opens=True)
        self.restart()

    @property
    def state(self) -> RunState:
        """The stream, folded anew: nothing is kept between moves."""
        return fold(self.ledger.read(RUN))

    def restart(self) -> None:
        """A controller takes the run (again)."""
        self._append(RunStarted("here", 1, "boot", 1, resumed=self.state.started is not None), Subject(RUN))

    def play(self, moves: int = 1000) -> str:
        """Until the end, a question, or so many moves; answers the outcome, `parked` or `cut`."""
        for _ in range(moves):
            state = self.state
            if state.finished is not None:
                return state.finished.outcome
            ordered = conduct(self.plan, state, attended=self.attended)
            assert ordered, "nothing runs, nothing is over, and nothing was ordered"
            for move in ordered:
                if isinstance(move, Park):
                    return "parked"
                self._make(move)
        return "cut"

    def begin_only(self, move: Perform) -> None:
        """Intent was written, then the controller died."""
        self._append(StepStarted("run", move.stage.step.does, "it", 60.0), self._at(move))

    def answer(self, choice: str, **values: Json) -> None:
        """Answers the first open question."""
        question = self.state.open_questions[0]
        self._append(QuestionAnswered(question.asked.question, choice, values), Subject(RUN))

    def _make(self, move: Observe | TakeWitness | Perform | Record) -> None:
        match move:
            case Record(fact, subject):
                self.log.append(f"{type(fact).__name__} {subject.step}@{subject.host}".strip())
                self._append(fact, Subject(RUN, subject.step, subject.host, subject.attempt))
            case Observe():
                self.log.append(f"look {move.check} for {move.stage.path}@{move.host}")
                seen = CheckObserved(f"{move.chapter.prefix}{move.check}", move.purpose, self.checks(move), "", 0.0)
                self._append(seen, self._at(move))
            case TakeWitness():
                self._append(WitnessTaken(move.moment, "1"), self._at(move))
            case Perform():
                self.log.append(f"{move.act} {move.stage.path}@{move.host}#{move.attempt}")
                if move.act != "verify":
                    self.begin_only(move)
                self._append(StepFinished(self.ends(move), 0, 0.0, ""), self._at(move))

    def _at(self, move: Observe | TakeWitness | Perform) -> Subject:
        back = isinstance(move, Perform) and move.act == "rollback"
        path = move.stage.rollback_path if back else move.stage.path
        return Subject(RUN, path, move.host, move.attempt)

    def _append(self, fact: Fact, subject: Subject, *, opens: bool = False) -> None:
        entry = Entry(RUN, [draft(fact, ACTOR, subject)], opens="run" if opens else None)
        self.ledger.commit(Batch([entry]))


def book(*steps: Mapping[str, Json], last: list[Json] | None = None, **more: Json) -> dict[str, Json]:
    """A book around these steps; `last` is its `finally`."""
    document: dict[str, Json] = {"version": 1, "id": "test-book", "title": "Test", "steps": [dict(s) for s in steps]}
    document |= more
    if last is not None:
        document["finally"] = last
    parse(document)
    return document
