"""One case of a book's `tests:`: rehearses the run as it would really be driven, and compares what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.drive.begin import begin
from engine.drive.controller import Controller
from engine.drive.people import compose
from engine.drive.refused import Refused
from engine.inventory.host import Host
from engine.inventory.inventory import Inventory, InventoryError
from engine.language.library import Library
from engine.language.load import Loaded
from engine.language.rehearsal import RehearsalCase
from engine.plan.prepare import prepare
from engine.plan.refusal import PlanRefused
from engine.primitives.clock import SimulatedClock
from engine.primitives.values import as_text
from engine.reach.rehearsal import RehearsalReach
from engine.rehearse.compare import differences
from engine.rehearse.hands import RehearsedHands
from engine.words.word import Delivery
from incidents.event import Actor
from incidents.folds.run import Question, fold
from incidents.ledger.memory import MemoryLedger
from incidents.ledger.protocol import LedgerError
from incidents.vocabulary.run import QuestionAnswered

RUN, INCIDENT = "RUN-REHEARSED", "INC-REHEARSED"
ACTOR = Actor("rehearsal", "book.test")
SOMEWHERE = "192.0.2.1"
"""An address no host has (RFC 5737): a rehearsed host is never `local`, and never reached."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """How one case went; `problems` is empty when it passed."""

    name: str
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether what was expected came."""
        return not self.problems


def rehearse(loaded: Loaded, library: Library) -> list[CaseResult]:
    """Runs every case of the book, each on a ledger of its own."""
    return [CaseResult(case.name, tuple(_problems(loaded, library, case))) for case in loaded.book.tests]


def _problems(loaded: Loaded, library: Library, case: RehearsalCase) -> list[str]:
    ledger = MemoryLedger()
    try:
        _play(ledger, loaded, library, case)
    except PlanRefused as refused:
        return list(refused.problems)
    except (InventoryError, Refused, LedgerError) as error:
        return [str(error)]
    return differences(case.expect, fold(ledger.read(RUN)), ledger.read(RUN))


def _play(ledger: MemoryLedger, loaded: Loaded, library: Library, case: RehearsalCase) -> None:
    names = tuple(case.hosts) or ("host-1",)
    planned = prepare(
        loaded,
        library,
        _inventory(names, loaded),
        hosts=",".join(names),
        given={name: as_text(value) for name, value in case.params.items()},
        run=RUN,
        incident=INCIDENT,
    )
    begin(ledger, replace(planned, secrets={}), ACTOR)
    clock = SimulatedClock()
    controller = Controller(
        ledger,
        RUN,
        ACTOR,
        attendant=_Scripted(case) if case.answers else None,
        reach=RehearsalReach({}, clock),
        clock=clock,
        hands=RehearsedHands(case),
        notify=lambda to, message: Delivery(False, f"rehearsed: {to} would read {message!r}", attempted=False),
    )
    controller.drive()


def _inventory(names: tuple[str, ...], loaded: Loaded) -> Inventory:
    """The case's hosts, in every group the book speaks of."""
    groups = {loaded.book.hosts.group} if loaded.book.hosts is not None and loaded.book.hosts.group else set()
    for step in loaded.book.all_steps:
        groups |= {text for text in (step.hosts, step.delegate) if text is not None}
    known = tuple(sorted(groups - set(names) - {"controller"}))
    return Inventory(Host(name, address=SOMEWHERE, groups=known) for name in names)


class _Scripted:
    """The person of a case: answers what the case answers, leaves the rest open."""

    def __init__(self, case: RehearsalCase) -> None:
        self._case = case

    def answer(self, question: Question) -> QuestionAnswered | None:
        given = self._case.answers.get(question.asked.question)
        if given is None:
            return None
        return compose(question, given.choice, {name: as_text(value) for name, value in given.values.items()}, "")
