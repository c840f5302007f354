"""Gathers what a report says from the streams; it computes, words nothing, and guesses nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from incidents import desk, linked
from incidents.chain import verify
from incidents.event import Event, Json, Subject
from incidents.folds import run as folded
from incidents.folds.incident import fold
from incidents.folds.said import said
from incidents.ledger.protocol import Ledger
from incidents.report.parts import Chain, Deed, Question, Report, Run, Tail, Trouble
from incidents.signing import HeadText, KeyRing, head_message
from incidents.timeline import lines
from incidents.vocabulary import Unread, read
from incidents.vocabulary.incident import BundleHanded, RunLinked
from incidents.vocabulary.run import (
    CheckObserved,
    EvidenceKept,
    NotificationSent,
    QuestionAnswered,
    QuestionAsked,
    StepFinished,
    StepSkipped,
    StepStarted,
)

TAIL_BYTES = 2000
TAIL_LINES = 30
TAILS = 60
"""Outputs shown in one report; of steps that did not end well first."""


def gather(ledger: Ledger, incident: str, keys: KeyRing | None = None) -> Report:
    """Reads the record and its runs; with keys the heads are signed. Raises InvalidRequest for no such record."""
    record = desk.record(ledger, incident)
    streams = linked.streams(ledger, incident)
    every = [event for events in streams.values() for event in events]
    told = lines(list(streams.values()))
    runs = [_run(ledger, link, streams[link.run]) for link in _links(streams)]
    shown, left_out = _tails(ledger, [deed for run in runs for deed in run.deeds])
    chains, cannot_know = _check(streams, keys)
    return Report(
        record=record,
        runs=runs,
        lines=told,
        troubles=list(_troubles(line.event for line in told)),
        questions=[question for run in runs for question in _questions(streams[run.link.run])],
        evidence=list(said(every, EvidenceKept)),
        handed=list(said(every, BundleHanded)),
        notifications=list(said(every, NotificationSent)),
        unread=[line for line in told if isinstance(read(line.event), Unread)],
        tails=shown,
        tails_left_out=left_out,
        chains=chains,
        cannot_know=cannot_know,
    )


def _links(streams: Mapping[str, Sequence[Event]]) -> Iterable[RunLinked]:
    """The links of the record and of those merged into it, each run once."""
    found: dict[str, RunLinked] = {}
    for events in streams.values():
        found |= fold(events).runs
    return found.values()


def _run(ledger: Ledger, link: RunLinked, events: Sequence[Event]) -> Run:
    state = folded.fold(events)
    status = state.status(driven=ledger.holder(link.run) is not None) if events else "not in this ledger"
    return Run(
        link=link,
        planned=state.planned,
        status=status.replace("_", " "),
        seconds=state.finished.seconds if state.finished else None,
        deeds=list(_deeds(link.run, events)),
    )


def _deeds(run: str, events: Iterable[Event]) -> Iterable[Deed]:
    deeds: dict[Subject, Deed] = {}
    for event in events:
        fact = read(event)
        if not isinstance(fact, StepStarted | StepFinished | StepSkipped):
            continue
        deed = deeds.setdefault(event.subject, Deed(run, event.subject, event))
        match fact:
            case StepStarted():
                deed.started = fact
            case StepFinished():
                deed.finished = fact
            case StepSkipped():
                deed.skipped = fact
    return deeds.values()


def _troubles(events: Iterable[Event]) -> Iterator[Trouble]:
    """A look that could not decide neither begins nor ends a trouble."""
    open_ones: dict[tuple[str, str], Event] = {}
    for look in said(events, CheckObserved):
        key = (look.event.subject.host, look.fact.check)
        if look.fact.passed is False:
            open_ones.setdefault(key, look.event)
        elif look.fact.passed and key in open_ones:
            yield Trouble(*key, open_ones.pop(key), look.event)
    for key, seen in open_ones.items():
        yield Trouble(*key, seen, None)


def _questions(events: Sequence[Event]) -> Iterator[Question]:
    answers = {answer.fact.question: answer for answer in reversed(list(said(events, QuestionAnswered)))}
    for asked in said(events, QuestionAsked):
        yield Question(asked, answers.get(asked.fact.question))


def _tails(ledger: Ledger, deeds: Sequence[Deed]) -> tuple[list[Tail], int]:
    """At most TAILS ends of outputs, in the order of the deeds, and how many are left out."""
    wanted = [(deed, name) for deed in sorted(deeds, key=lambda deed: deed.went_well) for name in ("out", "err")]
    found = [tail for deed, name in wanted if (tail := _tail(ledger, deed, name))]
    shown = found[:TAILS]
    order = {id(deed): place for place, deed in enumerate(deeds)}
    return sorted(shown, key=lambda tail: order[id(tail.deed)]), len(found) - len(shown)


def _tail(ledger: Ledger, deed: Deed, name: str) -> Tail | None:
    seal = deed.finished.output.get(name) if deed.finished else None
    kept, length = (_number(seal, "kept"), _number(seal, "length")) if isinstance(seal, dict) else (None, None)
    if deed.finished and not kept:
        return None
    end = b""
    reached = start = max(0, (kept or 0) - TAIL_BYTES)
    for chunk in ledger.output(deed.run, deed.subject.output(name), start):
        end = (end + chunk.data)[-TAIL_BYTES:]
        reached = chunk.offset + len(chunk.data)
    end = b"".join(end.splitlines(keepends=True)[-TAIL_LINES:])
    if not end:
        return None
    text = end.decode("utf-8", "backslashreplace")
    return Tail(deed, name, text, before=reached - len(end), lost=max(0, (length or reached) - reached))


def _number(seal: dict[str, Json], key: str) -> int | None:
    value = seal.get(key)
    return value if isinstance(value, int) else None


def _check(streams: dict[str, list[Event]], keys: KeyRing | None) -> tuple[list[Chain], list[str]]:
    chains: list[Chain] = []
    unknown: dict[str, None] = {}
    for stream, events in streams.items():
        if not events:
            unknown[f"What happened in {stream}: its stream is not in this ledger."] = None
            continue
        verdict = verify(events)
        head = HeadText(stream, events[-1].seq, events[-1].hash)
        signature = keys.sign(head_message(head)) if keys else None
        chains.append(Chain(stream, head.seq, head.hash, verdict.faults, signature))
        unknown.update(dict.fromkeys(verdict.unknown))
    return chains, list(unknown)
