"""Every stream that one record is made of: its own, its runs', and those of the records merged into it."""

from __future__ import annotations

from incidents.event import Event
from incidents.folds.incident import Record, fold
from incidents.ledger.protocol import Ledger


def streams(ledger: Ledger, incident: str) -> dict[str, list[Event]]:
    """Stream id to its events, the record's own first; a stream that is not in this ledger is empty.

    An unknown record gives one empty stream.
    """
    found: dict[str, list[Event]] = {}
    wanted = [incident]
    while wanted:
        name = wanted.pop(0)
        if name not in found:
            found[name] = ledger.read(name)
            wanted += parts(fold(found[name]))
    return found


def parts(record: Record) -> list[str]:
    """The streams that belong to a record beside its own."""
    return [*record.runs, *record.absorbed]
