"""A report as JSON, of the shape that record.schema.json publishes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from incidents.chain import canonical, timestamp
from incidents.event import Event, Json
from incidents.ledger.protocol import Ledger
from incidents.report.gather import gather
from incidents.report.parts import Deed, Question, Report, Run, Trouble
from incidents.timeline import Line

SCHEMA = "watchbook/record/1"


def record_json(ledger: Ledger, incident: str) -> bytes:
    """The report on one record, as canonical JSON. Raises InvalidRequest when there is none of this id."""
    return canonical(_report(gather(ledger, incident)))


def record_schema() -> str:
    """The JSON Schema of it."""
    return Path(__file__).with_name("record.schema.json").read_text(encoding="utf-8")


def _report(report: Report) -> dict[str, Json]:
    record = report.record
    return {
        "schema": SCHEMA,
        "incident": record.incident,
        "kind": record.kind,
        "title": record.title,
        "severity": record.severity,
        "status": record.status,
        "drill": record.drill,
        "began": _time(record.began),
        "opened": _time(record.opened_at),
        "opened_by": record.opened_by,
        "reached": {status: _time(at) for status, at in record.reached.items()},
        "took": {status: record.took(status) for status in record.reached},
        "roles": dict(record.roles),
        "merged_into": record.merged_into or None,
        "absorbed": list(record.absorbed),
        "runs": [_run(run) for run in report.runs],
        "timeline": [_line(line) for line in report.lines],
        "troubles": [_trouble(trouble) for trouble in report.troubles],
        "questions": [_question(question) for question in report.questions],
        "unknown": [_deed(deed) for deed in report.unknown],
        "unread": [_ref(line.event) for line in report.unread],
        "evidence": [
            {
                "ref": _ref(kept.event),
                "name": kept.fact.name,
                "host": kept.event.subject.host,
                "source": kept.fact.source,
                "collected": _time(kept.event.recorded),
                "by": kept.event.actor.id,
                "length": kept.fact.length,
                "cut": kept.fact.cut,
                "sha256": kept.fact.sha256,
                "host_sha256": kept.fact.host_sha256,
                "stored_sha256": kept.fact.stored,
                "clock_offset": kept.fact.clock_offset,
            }
            for kept in report.evidence
        ],
        "handed": [
            {"ref": _ref(given.event), "to": given.fact.to, "name": given.fact.name, "sha256": given.fact.sha256}
            for given in report.handed
        ],
        "notifications": [
            {
                "ref": _ref(sent.event),
                "to": sent.fact.to,
                "message": sent.fact.message,
                "delivered": sent.fact.delivered,
                "detail": sent.fact.detail,
            }
            for sent in report.notifications
        ],
        "notes": [
            {"ref": _ref(note.event), "by": note.event.actor.id, "text": note.fact.text} for note in record.notes
        ],
        "actions": [
            {
                "ref": _ref(action.added.event),
                "action": action.added.fact.action,
                "text": action.added.fact.text,
                "owner": action.added.fact.owner,
                "due": action.added.fact.due,
                "outcome": action.closed.fact.outcome if action.closed else None,
            }
            for action in record.actions.values()
        ],
        "chains": [
            {
                "stream": chain.stream,
                "seq": chain.seq,
                "hash": chain.hash,
                "faults": [{"seq": fault.seq, "what": fault.what} for fault in chain.faults],
            }
            for chain in report.chains
        ],
        "cannot_know": list(report.cannot_know),
    }


def _run(run: Run) -> Json:
    return {
        "run": run.link.run,
        "book": run.link.book,
        "title": run.link.title,
        "status": run.status,
        "seconds": run.seconds,
        "hosts": list(run.planned.hosts) if run.planned else None,
        "digest": run.planned.digest if run.planned else None,
        "deeds": [_deed(deed) for deed in run.deeds],
    }


def _deed(deed: Deed) -> Json:
    return {
        "ref": _ref(deed.first),
        "step": deed.subject.step,
        "host": deed.subject.host,
        "attempt": deed.subject.attempt,
        "what": deed.started.display if deed.started else None,
        "status": deed.status,
        "exit": deed.finished.exit if deed.finished else None,
        "seconds": deed.finished.seconds if deed.finished else None,
    }


def _line(line: Line) -> Json:
    return {
        "ref": line.ref,
        "at": _time(line.at),
        "recorded": _time(line.recorded),
        "text": line.text,
        "minor": line.minor,
    }


def _trouble(trouble: Trouble) -> Json:
    return {
        "host": trouble.host,
        "check": trouble.check,
        "seen": _ref(trouble.seen),
        "over": _ref(trouble.over) if trouble.over else None,
    }


def _question(question: Question) -> Json:
    answered = question.answered
    return {
        "ref": _ref(question.asked.event),
        "text": question.asked.fact.text,
        "answer": answered.fact.choice if answered else None,
        "by": answered.event.actor.id if answered else None,
        "answered": _ref(answered.event) if answered else None,
    }


def _ref(event: Event) -> str:
    return f"{event.stream}#{event.seq}"


def _time(at: datetime | None) -> str | None:
    return timestamp(at) if at else None
