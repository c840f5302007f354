"""Opens a run and the record it belongs to, in one transaction, before anything acts."""

from __future__ import annotations

from engine.language.load import parse
from incidents.desk.entry import writable
from incidents.event import Actor, Subject
from incidents.ledger.protocol import Batch, Entry, Ledger
from incidents.vocabulary import draft
from incidents.vocabulary.incident import IncidentOpened, RunLinked
from incidents.vocabulary.run import RunPlanned


def begin(ledger: Ledger, planned: RunPlanned, actor: Actor, *, new_record: bool = True) -> None:
    """Appends RunPlanned, and links the run to its record: its own new one, or the one that is there.

    Raises Conflict when an id is taken, which needs new ids and nothing else; Refusal when the record was merged away.
    """
    if not new_record:
        writable(ledger, planned.incident)
    book = parse(planned.book)
    linked = draft(RunLinked(planned.run, book.id, book.title), actor, Subject(planned.run))
    opened = IncidentOpened(planned.incident, book.kind, book.title, book.severity, planned.drill, book.id)
    record = [draft(opened, actor), linked] if new_record else [linked]
    ledger.commit(
        Batch(
            [
                Entry(planned.run, [draft(planned, actor, Subject(planned.run))], expect=0, opens="run"),
                Entry(
                    planned.incident,
                    record,
                    expect=0 if new_record else None,
                    opens="incident" if new_record else None,
                ),
            ]
        )
    )
