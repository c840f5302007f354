"""Records are declared, noted in and looked up."""

from __future__ import annotations

from datetime import datetime

from incidents.chain import timestamp
from incidents.desk.entry import LONGEST_NOTE, InvalidRequest, enter, one_of, record, words
from incidents.event import Actor, Event, now
from incidents.folds.incident import Record, fold
from incidents.folds.lifecycle import KINDS, SEVERITIES
from incidents.ids import incident_id
from incidents.ledger.protocol import Batch, Conflict, Entry, Ledger, StreamKind
from incidents.vocabulary import draft
from incidents.vocabulary.incident import IncidentOpened, NoteAdded

__all__ = ["declare", "named", "note", "record", "records"]

_TRIES = 5


def declare(
    ledger: Ledger,
    actor: Actor,
    title: str,
    severity: str,
    kind: str = "incident",
    *,
    drill: bool = False,
    began: datetime | None = None,
) -> str:
    """Opens a record and answers its id. `began` is when the trouble itself began. Raises InvalidRequest."""
    title = words(title, "title")
    one_of(severity, SEVERITIES, "severity")
    one_of(kind, KINDS, "kind of record")
    if began is not None and began > now():
        raise InvalidRequest(f"The trouble began in the future: {timestamp(began)}.", "Give the time in UTC.")
    said = timestamp(began) if began else ""
    for _ in range(_TRIES):
        incident = incident_id()
        opened = IncidentOpened(incident, kind, title, severity, drill, began=said)
        try:
            ledger.commit(Batch([Entry(incident, [draft(opened, actor)], expect=0, opens="incident")]))
        except Conflict:
            continue  # the id is taken: 25 random bits a minute make that rare, not impossible
        return incident
    raise InvalidRequest(f"{_TRIES} new ids were all taken.", "Try again.")


def note(ledger: Ledger, actor: Actor, incident: str, text: str) -> Event:
    """Adds a person's words to a record. Raises InvalidRequest."""
    fact = NoteAdded(words(text, "note", LONGEST_NOTE))
    return enter(ledger, actor, incident, lambda _: fact)


def records(ledger: Ledger, limit: int = 50) -> list[Record]:
    """The newest records, newest first."""
    return [fold(ledger.read(head.stream)) for head in ledger.heads("incident", limit)]


def named(ledger: Ledger, text: str, kind: StreamKind) -> str:
    """The one stream id that `text` is, ends or begins. Raises InvalidRequest for none or several."""
    prefix = {"incident": "INC-", "run": "RUN-"}[kind]
    found = [stream for stream in ledger.find(text) if stream.startswith(prefix)]
    if len(found) == 1 or (found and found[0].lower() == text.lower()):
        return found[0]
    if found:
        raise InvalidRequest(f"{text} could be {', '.join(found)}.", "Type more of it.")
    raise InvalidRequest(f"There is no {kind} {text!r}.", f"List them: ./inv {kind}.list")
