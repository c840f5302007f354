"""A whole incident whose seals, digests and custody are true, with hostile words in every place that is shown."""

from __future__ import annotations

import hashlib

from incidents.event import Actor, Draft, Json, Subject
from incidents.ledger.protocol import Batch, Chunk, Entry, Ledger
from incidents.vocabulary import Fact, draft
from incidents.vocabulary.incident import ActionAdded, IncidentOpened, NoteAdded, RoleTaken, RunLinked, StatusChanged
from incidents.vocabulary.run import (
    CheckObserved,
    EvidenceKept,
    NotificationSent,
    QuestionAnswered,
    QuestionAsked,
    RunFinished,
    RunPlanned,
    RunStarted,
    StepFinished,
    StepStarted,
)

INC, RUN = "INC-20261123-1430-7K3FQ", "RUN-20261123-1430-4MZ2A"
HOSTILE = (
    "</pre></script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> \x1b[2J\u202e"
)
ADA = Actor(f"ada{HOSTILE}", "terminal")
OUTPUT = f"stopping\n{HOSTILE}\n".encode() + b"\xff\xfe done\n" * 40
EVIDENCE = f"journal {HOSTILE}\n".encode() * 30


def at(step: str, host: str, fact: Fact) -> Draft:
    return draft(fact, ADA, Subject(RUN, step, host, 1))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tell(ledger: Ledger, hostile: str = HOSTILE) -> None:
    """Writes it: opened, looked at, evidence kept, restarted, healed, acknowledged and resolved."""
    book: dict[str, Json] = {"id": "server-down", "title": f"Down {hostile}"}
    planned = RunPlanned(RUN, INC, book, {}, ["web-1"], {}, {}, {}, {}, "d1" * 32)
    opened = IncidentOpened(INC, "incident", f"The API is down {hostile}", "P1")
    linked = RunLinked(RUN, "server-down", f"Backend down {hostile}")
    restart, kept = Subject(RUN, "restart", "web-1", 1), Subject(RUN, "evidence", "web-1", 1).output("log")
    log = EvidenceKept("log", f"journalctl {hostile}", len(EVIDENCE), sha(EVIDENCE), sha(EVIDENCE), kept, 7, 0.25,
                       sha(EVIDENCE))  # fmt: skip
    seal: dict[str, Json] = {"out": {"length": len(OUTPUT), "sha256": sha(OUTPUT), "kept": len(OUTPUT)}}
    ledger.commit(
        Batch(
            [
                Entry(RUN, [draft(planned, ADA, Subject(RUN))], expect=0, opens="run"),
                Entry(INC, [draft(opened, ADA), draft(linked, ADA)], expect=0, opens="incident"),
            ]
        )
    )
    ledger.commit(
        Batch(
            [
                Entry(
                    RUN,
                    [
                        draft(RunStarted("ctrl", 4711, "boot", 1), ADA, Subject(RUN)),
                        at("look", "web-1", CheckObserved("healthy", "step", False, f"HTTP 502 {hostile}", 0.012)),
                        at("evidence", "web-1", log),
                        at("restart", "web-1", StepStarted("service", "change", f"restart {hostile}", 60.0)),
                    ],
                )
            ],
            [Chunk(RUN, kept, 0, EVIDENCE), Chunk(RUN, restart.output("out"), 0, OUTPUT[:100])],
        )
    )
    ledger.commit(
        Batch(
            [
                Entry(
                    RUN,
                    [
                        at("restart", "web-1", StepFinished("changed", 0, 2.1, hostile, {}, seal, verified=True)),
                        at("look", "web-1", CheckObserved("healthy", "verify", True, "HTTP 200", 0.01)),
                        at("ask", "", QuestionAsked("Q1", "guide", f"Up? {hostile}", ["yes", "no"])),
                        at("ask", "", QuestionAnswered("Q1", "yes", {"seen": hostile}, hostile)),
                        at("tell", "", NotificationSent(f"oncall {hostile}", hostile, False, hostile)),
                        draft(RunFinished("succeeded", 4.2, {"changed": 1}), ADA, Subject(RUN)),
                    ],
                ),
                Entry(
                    INC,
                    [
                        draft(StatusChanged("acknowledged", hostile), ADA),
                        draft(RoleTaken("commander", f"ada {hostile}"), ADA),
                        draft(NoteAdded(f"a note {hostile}\n```"), ADA),
                        draft(ActionAdded("ACT-1", f"alert {hostile}", f"bob {hostile}", "2026-12-01"), ADA),
                        draft(StatusChanged("resolved"), ADA),
                    ],
                ),
            ],
            [Chunk(RUN, restart.output("out"), 100, OUTPUT[100:])],
        )
    )
