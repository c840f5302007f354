"""Rules about acts: is it known whether they worked, how to go back, how long they may take, what they destroy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from engine.language.load import Loaded
from engine.language.rules.known import destroys
from engine.language.rules.rule import Finding, rule
from engine.language.rules.script import own_commands

_ACTS = ("run", "task", "http", "service", "upload")
_UNHURRIED = ("run", "task")


@rule(
    "no-verify",
    explains="A change that nobody looks at afterwards is believed, not known, to have worked.",
    fix="add verify: {check: NAME, within: 30s}; or state effect: read if it changes nothing",
)
def no_verify(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Acts that change something, without verify."""
    for path, step in loaded.book.walk():
        if step.word.word in _ACTS and step.does != "read" and step.verify is None and path[0] == "steps":
            yield Finding((*path, "id"), f"step {step.id} changes something, and nothing checks that it worked")


@rule(
    "no-rollback",
    explains="Whoever runs a step at night must know beforehand whether it can be undone.",
    fix="add rollback: with an action, or rollback: none — and the reason",
)
def no_rollback(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Acts that change something, without a word about the way back."""
    for path, step in loaded.book.walk():
        if step.word.word in _ACTS and step.does != "read" and step.rollback is None and path[0] == "steps":
            yield Finding((*path, "id"), f"step {step.id} does not say whether there is a way back")


@rule(
    "no-timeout",
    explains="A command is ended when its time is over; a default that nobody chose ends the long ones in the middle.",
    fix="add timeout: to the step, or to defaults:",
)
def no_timeout(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Commands under a timeout that the author never chose."""
    if "timeout" in loaded.book.defaults.model_fields_set:
        return
    for path, step in loaded.book.walk():
        if step.word.word in _UNHURRIED and step.timeout is None:
            yield Finding((*path, "id"), f"step {step.id} has no timeout of its own, and defaults: sets none")


@rule(
    "destroys-before-evidence",
    explains="In a security incident, what is changed first can never be examined again.",
    fix="put an evidence step before it",
)
def destroys_before_evidence(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Changes before the first evidence, in security runbooks; destructive ones in any."""
    security = "security" in loaded.path.parts or "security" in loaded.book.id.split("-")
    own = own_commands(loaded)
    for path, step in loaded.book.walk():
        if step.word.word == "evidence":
            return
        takes_away = step.does == "destructive" or any(map(destroys, own.get(step.id, ())))
        if takes_away or (security and step.does == "change" and step.word.word in _ACTS):
            yield Finding((*path, "id"), f"step {step.id} changes the host before any evidence is kept")


@rule(
    "rollback-of-nothing",
    explains="on_failure: rollback takes back the steps that say how; when none does, it takes back nothing.",
    fix="give at least one step a rollback action, or choose stop or ask",
)
def rollback_of_nothing(loaded: Loaded, _: date) -> Iterator[Finding]:
    """A promise to roll back where no step has a way back."""
    book = loaded.book
    if any(step.rollback is not None and step.rollback.action is not None for step in book.steps):
        return
    for path, step in book.walk():
        if step.on_failure == "rollback" and not any(other.word.word == "use" for other in book.steps):
            yield Finding((*path, "on_failure"), f"step {step.id} rolls back on failure, but no step has a way back")
