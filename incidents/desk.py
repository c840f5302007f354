"""What people do with records: declare, note, look up; knows no terminal, no page and no run's insides."""

from __future__ import annotations

from incidents.event import Actor, Event
from incidents.folds.incident import Record, fold
from incidents.ids import incident_id
from incidents.ledger.protocol import Batch, Conflict, Entry, Ledger, StreamKind
from incidents.vocabulary import draft
from incidents.vocabulary.incident import IncidentOpened, NoteAdded

KINDS = ("incident", "maintenance", "check")
SEVERITIES = ("P0", "P1", "P2", "P3")
LONGEST_TITLE = 200
LONGEST_NOTE = 20_000
_TRIES = 5


class InvalidRequest(Exception):
    """What was asked for is not there, or makes no sense; `hint` is the next command."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def declare(
    ledger: Ledger, actor: Actor, title: str, severity: str, record: str = "incident", *, drill: bool = False
) -> str:
    """Opens a record and answers its id. Raises InvalidRequest."""
    title = _text(title, "title", LONGEST_TITLE)
    if severity not in SEVERITIES:
        raise InvalidRequest(f"{severity!r} is no severity.", f"Use one of {', '.join(SEVERITIES)}.")
    if record not in KINDS:
        raise InvalidRequest(f"{record!r} is no kind of record.", f"Use one of {', '.join(KINDS)}.")
    for _ in range(_TRIES):
        incident = incident_id()
        opened = IncidentOpened(incident, record, title, severity, drill)
        try:
            ledger.commit(Batch([Entry(incident, [draft(opened, actor)], expect=0, opens="incident")]))
        except Conflict:
            continue  # the id is taken: 25 random bits a minute make that rare, not impossible
        return incident
    raise InvalidRequest(f"{_TRIES} new ids were all taken.", "Try again.")


def note(ledger: Ledger, actor: Actor, incident: str, text: str) -> Event:
    """Adds a person's words to a record. Raises InvalidRequest."""
    fact = NoteAdded(_text(text, "note", LONGEST_NOTE))
    record(ledger, incident)
    return ledger.commit(Batch([Entry(incident, [draft(fact, actor)])]))[0]


def records(ledger: Ledger, limit: int = 50) -> list[Record]:
    """The newest records, newest first."""
    return [fold(ledger.read(head.stream)) for head in ledger.heads("incident", limit)]


def record(ledger: Ledger, incident: str) -> Record:
    """One record. Raises InvalidRequest when there is none of this id."""
    events = ledger.read(incident)
    if not events:
        raise InvalidRequest(f"There is no record {incident}.", "List them: ./inv incident.list")
    return fold(events)


def named(ledger: Ledger, text: str, kind: StreamKind) -> str:
    """The one stream id that `text` is, ends or begins. Raises InvalidRequest for none or several."""
    prefix = {"incident": "INC-", "run": "RUN-"}[kind]
    found = [stream for stream in ledger.find(text) if stream.startswith(prefix)]
    if len(found) == 1 or (found and found[0].lower() == text.lower()):
        return found[0]
    if found:
        raise InvalidRequest(f"{text} could be {', '.join(found)}.", "Type more of it.")
    raise InvalidRequest(f"There is no {kind} {text!r}.", f"List them: ./inv {kind}.list")


def _text(text: str, what: str, longest: int) -> str:
    text = text.strip()
    if not text:
        raise InvalidRequest(f"The {what} is empty.", f"Give it some words: --{what} 'what is wrong'")
    if len(text) > longest:
        raise InvalidRequest(f"The {what} has {len(text)} characters; it may have {longest}.", "Make it shorter.")
    return text
