"""A record moves along its lifecycle, gets another severity, and people take roles in it."""

from __future__ import annotations

from incidents.desk.entry import InvalidRequest, Refusal, enter, one_of, words
from incidents.event import Actor, Event
from incidents.folds.incident import Record
from incidents.folds.lifecycle import ROLES, SEVERITIES, may_follow
from incidents.ledger.protocol import Ledger
from incidents.vocabulary import Fact
from incidents.vocabulary.incident import RoleTaken, SeverityChanged, StatusChanged

COMMANDS = {
    "acknowledged": "ack",
    "mitigated": "mitigate",
    "resolved": "resolve",
    "reviewed": "review",
    "open": "reopen",
}
"""The status that each task leads to, for the next command."""


def move(ledger: Ledger, actor: Actor, incident: str, status: str, reason: str = "") -> Event:
    """Moves a record to a status. Raises Refusal, by name, for a move that is not in the table."""
    if status == "open":
        reason = words(reason, "reason")

    def decide(found: Record) -> Fact:
        possible = may_follow(found.status, found.kind)
        if status in possible:
            return StatusChanged(status, reason)
        ways = " or ".join(f"./inv incident.{COMMANDS[way]} {incident}" for way in possible)
        if status == found.status:
            raise Refusal(f"{incident} is {status} already.", f"Next: {ways}")
        raise Refusal(f"{incident} is {found.status}: it cannot become {status} from there.", f"First: {ways}")

    return enter(ledger, actor, incident, decide)


def grade(ledger: Ledger, actor: Actor, incident: str, severity: str, reason: str) -> Event:
    """Raises or lowers the severity; why is part of the record. Raises InvalidRequest, and Refusal for no change."""
    one_of(severity, SEVERITIES, "severity")
    reason = words(reason, "reason")

    def decide(found: Record) -> Fact:
        if found.severity == severity:
            raise Refusal(f"{incident} is {severity} already.", f"Look at it: ./inv incident.show {incident}")
        return SeverityChanged(severity, reason)

    return enter(ledger, actor, incident, decide)


def cast(ledger: Ledger, actor: Actor, incident: str, role: str, person: str) -> Event:
    """Gives a role to a person; it takes the place of whoever had it. Raises InvalidRequest."""
    one_of(role, ROLES, "role")
    person = words(person, "person")
    if "\n" in person:
        raise InvalidRequest("A person's name has one line.", "--person ada")
    return enter(ledger, actor, incident, lambda _: RoleTaken(role, person))
