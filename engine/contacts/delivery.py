"""Sends one message to one contact, each target in a process of its own with a deadline; reveals no target."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.contacts.load import OURS, load
from engine.inventory.host import Host
from engine.primitives.faults import BookFaults, did_you_mean
from engine.primitives.project import PROJECT
from engine.reach.local import LocalReach
from engine.reach.place import Command
from engine.secrets import SecretError, resolve
from engine.words.ending import last_line, said, silent
from engine.words.word import Delivery

DEADLINE = 30.0
"""Seconds one target may take."""
_SCRIPT = 'cd "$project" && printf %s "$message" | "$python" -m engine.contacts.send "$target_file"'


def deliver(to: str, message: str, path: Path = OURS) -> Delivery:
    """Sends to every target of a contact; one that takes it is enough. Never raises for what a target does."""
    try:
        contacts = load(path).contacts
    except BookFaults as wrong:
        return Delivery(False, str(wrong.faults[0]))
    contact = contacts.get(to)
    if contact is None:
        hint = did_you_mean(to, contacts)
        return Delivery(False, f"{path.name} has no contact {to}" + (hint and f"; {hint}"), attempted=False)
    if not contact.targets:
        return Delivery(False, f"no target in {path.name}", attempted=False)
    results = [_send(reference, message) for reference in contact.targets]
    return Delivery(any(taken for taken, _ in results), "; ".join(detail for _, detail in results))


def _send(reference: str, message: str) -> tuple[bool, str]:
    try:
        target = resolve("target", reference)
    except SecretError as wrong:
        return False, str(wrong)
    variables = {"project": str(PROJECT), "python": sys.executable, "message": message}
    command = Command(_SCRIPT, f"send to {reference}", variables, {"target": target}, timeout=DEADLINE)
    completed = LocalReach().place(Host("local")).run(command, silent)
    if completed.ended != "exited":
        return False, f"{reference}: {completed.message or said(completed)}"
    return completed.exit == 0, f"{reference}: {last_line(completed.out.text) or f'exit {completed.exit}'}"
