"""One incident told as events: a dead backend on two hosts, a restart that heals one and is lost on the other."""

from __future__ import annotations

from datetime import timedelta

from incidents.event import Actor, Draft, Json, Subject, now
from incidents.ledger.protocol import Batch, Chunk, Entry, Ledger
from incidents.vocabulary import Fact, draft
from incidents.vocabulary.incident import (
    ActionAdded,
    IncidentOpened,
    NoteAdded,
    RunLinked,
    SeverityChanged,
    StatusChanged,
)
from incidents.vocabulary.run import (
    CheckObserved,
    EvidenceKept,
    NotificationSent,
    QuestionAnswered,
    QuestionAsked,
    RunPlanned,
    RunStarted,
    StepActed,
    StepFinished,
    StepSkipped,
    StepStarted,
    WitnessTaken,
)

INC, RUN = "INC-20261123-1430-7K3FQ", "RUN-20261123-1430-4MZ2A"
ADA, ENGINE = Actor("ada", "terminal"), Actor("ada", "demo")


def at(step: str, host: str, fact: Fact, attempt: int = 1) -> Draft:
    return draft(fact, ENGINE, Subject(RUN, step, host, attempt))


def tell(ledger: Ledger) -> None:
    """Writes the story."""
    planned = RunPlanned(RUN, INC, {"id": "server-down"}, {}, ["web-1", "web-2"], {}, {}, {}, {}, "d1" * 32)
    ledger.commit(
        Batch(
            [
                Entry(RUN, [draft(planned, ENGINE, Subject(RUN))], expect=0, opens="run"),
                Entry(
                    INC,
                    [
                        draft(IncidentOpened(INC, "incident", "The API is down", "P1"), ADA),
                        draft(RunLinked(RUN, "server-down", "Backend server down"), ADA, Subject(RUN)),
                    ],
                    expect=0,
                    opens="incident",
                ),
            ]
        )
    )
    ledger.commit(Batch([Entry(INC, [draft(StatusChanged("acknowledged", "on it"), ADA)])]))
    output = b"Restarting <b>unit</b>\n```\n# not a heading\n" + b"done\n" * 600
    restart = Subject(RUN, "restart", "web-1", 1)
    ledger.commit(
        Batch(
            [
                Entry(
                    RUN,
                    [
                        draft(RunStarted("ctrl", 4711, "boot", 1), ENGINE, Subject(RUN)),
                        at("look", "web-1", CheckObserved("healthy", "step", False, "HTTP 502", 0.012)),
                        at("look", "web-2", CheckObserved("healthy", "step", None, "no answer", 1.0, reached=False)),
                        at("evidence", "web-1", EvidenceKept("log", "journal", 12345, "ab" * 32, "ab" * 32, "x", 7)),
                        at("read-log", "", StepSkipped("unattended")),
                        at("restart", "web-1", WitnessTaken("before", "14:00")),
                        at("restart", "web-1", StepStarted("service", "change", "restart web | tee `x`", 60.0)),
                        at("restart", "web-1", StepActed(True, 0, "")),
                        at("restart", "web-2", StepStarted("service", "change", "restart web", 60.0)),
                    ],
                )
            ],
            [Chunk(RUN, restart.output("out"), 0, output)],
        )
    )
    seal: dict[str, Json] = {"out": {"length": len(output) + 50, "sha256": "00", "kept": len(output)}}
    ask = QuestionAsked("Q1", "guide", "Is it *really* up?", ["yes", "no"])
    ledger.commit(
        Batch(
            [
                Entry(
                    RUN,
                    [
                        at("look", "web-1", CheckObserved("healthy", "verify", True, "HTTP 200", 0.01)),
                        at("restart", "web-1", StepFinished("changed", 0, 2.1, "", {}, seal, verified=True)),
                        at("ask", "", ask),
                        draft(QuestionAnswered("Q1", "yes", {"seen": "<script>"}, "looked"), ADA, Subject(RUN, "ask")),
                        at("tell", "", NotificationSent("oncall", "it is back", False, "mail server refused")),
                    ],
                ),
                Entry(
                    INC,
                    [
                        draft(SeverityChanged("P2", "one host is back"), ADA),
                        draft(NoteAdded("a deploy an hour ago\n```\n</details>"), ADA),
                        draft(ActionAdded("ACT-1", "alert on memory", "bob", "2026-12-01"), ADA),
                        Draft("FromTheFuture", {"x": 1}, ADA, v=3),
                        Draft("NoteAdded", {"text": "clocks differ"}, ADA, at=now() - timedelta(hours=1)),
                    ],
                ),
            ]
        )
    )
