"""The facts of a run stream: one execution of one runbook."""

from __future__ import annotations

from dataclasses import dataclass, field

from incidents.event import Json
from incidents.vocabulary.codec import Fact, register


@dataclass(frozen=True, slots=True)
class RunPlanned(Fact):
    """The first event of a run: everything needed to go on without reading a file again.

    `book` is the canonical JSON of the runbook, `uses` of the runbooks it uses by id, `inventory` the hosts by name;
    `params` are those given (defaults stand in the book), `secrets` references by `book.name`; `digest` (SHA-256)
    covers all of these. `family` is the folder that the runbook lies in: security records are kept longer.
    """

    run: str
    incident: str
    book: dict[str, Json]
    uses: dict[str, Json]
    hosts: list[str]
    inventory: dict[str, Json]
    params: dict[str, Json]
    secrets: dict[str, str]
    files: dict[str, str]
    digest: str
    drill: bool = False
    family: str = ""


@dataclass(frozen=True, slots=True)
class RunStarted(Fact):
    """A controller took the run: at its start or, with `resumed`, later. Steps open before this line are unknown."""

    controller: str
    pid: int
    boot_id: str
    epoch: int
    resumed: bool = False


@dataclass(frozen=True, slots=True)
class CheckObserved(Fact):
    """A named check was run anew, as a read. `passed` None: it could not be decided; `reached`: the host answered."""

    check: str
    purpose: str
    passed: bool | None
    detail: str
    seconds: float
    reached: bool = True


@dataclass(frozen=True, slots=True)
class WitnessTaken(Fact):
    """The witness value before (or, on resume, after) an act: what tells whether the act happened."""

    moment: str
    value: str | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepSkipped(Fact):
    """The step did not run on this host: `reason` is when, unattended, person or stopped."""

    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepStarted(Fact):
    """Intent, durable before anything touches the host. With no StepFinished after it the step is unknown."""

    word: str
    effect: str
    display: str
    timeout: float
    boot_id: str = ""
    machine_id: str = ""
    spool: str = ""


@dataclass(frozen=True, slots=True)
class StepActed(Fact):
    """The act itself ended (`done`: as it should); what follows is only verification."""

    done: bool
    exit: int | None
    message: str


@dataclass(frozen=True, slots=True)
class StepFinished(Fact):
    """How the step ended on this host. `output` seals its chunks: {"out": {"length", "sha256", "kept"}, "err": …}.

    Where less was kept than came (`kept` below `length`), `kept_sha256` is of what was kept.
    """

    status: str
    exit: int | None
    seconds: float
    message: str
    outputs: dict[str, Json] = field(default_factory=dict)
    output: dict[str, Json] = field(default_factory=dict)
    verified: bool | None = None


@dataclass(frozen=True, slots=True)
class EvidenceKept(Fact):
    """A thing collected before change, hashed where it lay and where it arrived (bytes; clock offset in seconds).

    `stored` is the SHA-256 of the bytes in the ledger: they differ from those that arrived where a secret was covered.
    It is empty, as `output` is, when the step is sensitive and nothing was stored.
    """

    name: str
    source: str
    length: int
    sha256: str
    host_sha256: str
    output: str
    cut: int = 0
    clock_offset: float | None = None
    stored: str = ""


@dataclass(frozen=True, slots=True)
class NotificationSent(Fact):
    """One recipient and what became of the message; `delivered` False carries the reason in `detail`."""

    to: str
    message: str
    delivered: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class QuestionAsked(Fact):
    """The run needs a person. `about` is guide, failed, unreachable or unknown; one answer per question."""

    question: str
    about: str
    text: str
    choices: list[str]
    inputs: dict[str, Json] = field(default_factory=dict)
    facts: dict[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionAnswered(Fact):
    """The one answer a question gets."""

    question: str
    choice: str
    values: dict[str, Json] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RunParked(Fact):
    """The controller let go of the run: nobody was there to answer."""

    questions: list[str]


@dataclass(frozen=True, slots=True)
class StopRequested(Fact):
    """A person wants the run to end; running steps are stopped, `finally` still runs."""

    reason: str


@dataclass(frozen=True, slots=True)
class RunFinished(Fact):
    """The computed outcome and how many host-steps ended in each status."""

    outcome: str
    seconds: float
    counts: dict[str, Json]


RUN_FACTS = register(
    RunPlanned,
    RunStarted,
    CheckObserved,
    WitnessTaken,
    StepSkipped,
    StepStarted,
    StepActed,
    StepFinished,
    EvidenceKept,
    NotificationSent,
    QuestionAsked,
    QuestionAnswered,
    RunParked,
    StopRequested,
    RunFinished,
)
