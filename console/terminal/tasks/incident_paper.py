"""`inv incident.*` for what leaves the ledger: reports, bundles, proofs and redactions of a record."""

from __future__ import annotations

from pathlib import Path

from invoke.context import Context

from console.terminal.exits import Exits
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.stdout import say_json
from console.terminal.task import task
from console.terminal.tasks.incident_work import JSON, ONE, REASON

FORMATS = ("md", "html", "json")


@task(
    positional=["incident"],
    help={
        "incident": ONE,
        "format": "md, html (one file, with a replay) or json",
        "out": "write it to this file (- is stdout) instead of the ledger's folder",
        "json": JSON,
    },
)
def report(_: Context, incident: str = "", format: str = "md", out: str = "", json: bool = False) -> Outcome:
    """Write a record's report: only what the events say."""
    if format not in FORMATS:
        raise Problem(f"There is no format {format!r}.", then=f"one of: {', '.join(FORMATS)}")
    with Session() as session:
        from console.terminal.reports import report_text, write_report

        incident = session.named(incident, "incident")
        if out == "-":
            print(report_text(session, incident, format), end="")
            return Outcome(incident=incident)
        path = write_report(session, incident, Path(out) if out else None, format)
        if json:
            say_json({"schema": "watchbook/report/1", "incident": incident, "path": str(path)})
        else:
            print(path)
        return Outcome(incident=incident)


@task(help={"out": "write it to this file (default: stdout)"})
def schema(_: Context, out: str = "") -> None:
    """The JSON Schema of `incident.report --format json`."""
    from incidents.report.record_json import record_schema

    if out:
        Path(out).write_text(record_schema(), encoding="utf-8")
        print(out)
    else:
        print(record_schema(), end="")


@task(
    positional=["incident"],
    help={
        "incident": ONE,
        "out": "the .zip to write",
        "to": "to whom you give it: a line of custody in the record",
        "json": JSON,
    },
)
def export(_: Context, incident: str = "", out: str = "", to: str = "", json: bool = False) -> Outcome:
    """Write a record into one file that verifies alone: events, outputs, evidence, reports, signed heads."""
    with Session() as session:
        from console.terminal.reports import write_bundle
        from incidents.desk.custody import hand

        incident = session.named(incident, "incident")
        path, sha256 = write_bundle(session, incident, Path(out or f"{incident}.zip"))
        if to:
            hand(session.ledger, session.actor, incident, to, path.name, sha256)
        if json:
            say_json({"schema": "watchbook/export/1", "incident": incident, "path": str(path), "sha256": sha256})
        else:
            print(path)
            print(f"  sha256  {sha256}\n  next    ./inv incident.verify {path}")
        return Outcome("exported", incident=incident)


@task(
    positional=["what"],
    iterable=["head"],
    help={
        "what": "the record's id, or a bundle's file; the newest record when it is left out",
        "head": "a head that was kept elsewhere: STREAM#SEQ:HASH@KEY (again for more)",
        "json": JSON,
    },
)
def verify(_: Context, head: list[str], what: str = "", json: bool = False) -> Outcome:
    """Check a record, in the ledger or in a bundle: is it whole, was it changed, what can nobody know?"""
    with Session() as session:
        from console.terminal.incident_pages import proof_json, proof_page
        from console.terminal.reports import prove_bundle, prove_record

        if what.endswith(".zip") or Path(what).is_file():
            incident, proof = "", prove_bundle(session, Path(what), head)
        else:
            incident = session.named(what, "incident")
            proof = prove_record(session, incident, head)
        if json:
            say_json(proof_json(proof))
        else:
            print(proof_page(proof))
        if proof.flaws:
            return Outcome("flawed", Exits.FAILED, incident=incident)
        return Outcome("whole", incident=incident)


@task(
    positional=["what"],
    help={
        "what": "the event, as 12, or the output, as step/host/attempt/out",
        "stream": "the run or the record it stands in; the newest record when it is left out",
        "reason": REASON,
        "json": JSON,
    },
)
def redact(_: Context, what: str, stream: str = "", reason: str = "", json: bool = False) -> Outcome:
    """Take out for good what must not stay; that it is gone, and why, stays: ./inv incident.redact 12 --reason …"""
    with Session() as session:
        from incidents.desk.redact import redact as take_out

        kind = "run" if stream.upper().startswith("RUN") else "incident"
        stream = session.named(stream, "run" if kind == "run" else "incident")
        event = take_out(session.ledger, session.actor, stream, what, reason)
        if not json:
            print(f"{stream}  {what} is gone; event {event.seq} says why")
            print("  next    backups made before this still have it: ./inv ledger.backup, then remove the old ones")
        return Outcome("redacted")


@task(help={"rotate": "make a new key, endorsed by the one in use, and use it from now on", "json": JSON})
def keys(_: Context, rotate: bool = False, json: bool = False) -> None:
    """The ids of the keys that sign heads, the one in use last."""
    with Session() as session:
        ring = session.keys
        if rotate:
            ring.rotate()
        for name in ring.ids():
            if json:
                say_json({"schema": "watchbook/key/1", "key": name, "in_use": name == ring.ids()[-1]})
            else:
                print(name)
