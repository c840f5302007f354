"""Custody: what left the ledger, and to whom it was given."""

from __future__ import annotations

from incidents.desk.entry import enter, words
from incidents.event import Actor, Event
from incidents.ledger.protocol import Ledger
from incidents.vocabulary.incident import BundleHanded


def hand(ledger: Ledger, actor: Actor, incident: str, to: str, name: str, sha256: str) -> Event:
    """Records that a bundle (its file's name and SHA-256) was given to somebody. Raises InvalidRequest."""
    fact = BundleHanded(words(to, "to"), name, sha256)
    return enter(ledger, actor, incident, lambda _: fact)
