"""Rules about what a step is for: a restart in place of a diagnosis, a title its command belies, a message by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.language.load import Loaded
from engine.language.rules.known import restarts, starts, stops
from engine.language.rules.rule import Finding, rule
from engine.language.rules.script import own_commands
from engine.language.rules.shell import Simple
from engine.language.step import Step
from engine.words.guide import Guide
from engine.words.service import Service

_RESTART = re.compile(r"\b(?:re-?start|reboot)(?!ed|s\b)", re.IGNORECASE)
_STOP = re.compile(r"\b(?:stop|shut ?down)\b", re.IGNORECASE)
_LOOKS = ("check", "wait_for", "use")
_NOTIFY = re.compile(
    r"(?:^|[.;:]\s+|\d\.\s+|[-*]\s+)((?:notify|inform|tell|alert|page|e-?mail)\s+(?:the\s+)?"
    r"(?:\w+\s+)?(?:team|users?|everyone|manager|lead|on-?call|stakeholders|customers)\b)",
    re.IGNORECASE | re.MULTILINE,
)


@rule(
    "restart-as-diagnosis",
    explains="A restart that does not depend on what was found hides the cause and destroys its traces; it comes back.",
    fix="put a check before it and say when: not healthy; keep evidence first",
)
def restart_as_diagnosis(loaded: Loaded, _: date) -> Iterator[Finding]:
    """A restart in an incident that nothing decides about."""
    book = loaded.book
    commands = own_commands(loaded)
    if book.kind != "incident":
        return
    for path, step in book.walk():
        if step.word.word in _LOOKS:
            return
        if _is_restart(step, commands.get(step.id, ())) and step.when is None:
            yield Finding((*path, "id"), f"step {step.id} restarts, whatever was found before it")


def _is_restart(step: Step, commands: tuple[Simple, ...]) -> bool:
    if isinstance(step.word, Service):
        return step.word.do == "restart"
    named = step.does != "read" and bool(commands) and _RESTART.search(step.title or step.id) is not None
    return named or any(map(restarts, commands))


@rule(
    "says-one-does-another",
    explains="People act by the title: a start that is called stop or restart leaves the old process where it was.",
    fix="let the command do what the title says: service: {name: ..., do: stop}",
)
def says_one_does_another(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Titles that promise a stop over commands that only start."""
    commands = own_commands(loaded)
    for path, step in loaded.book.walk():
        own = commands.get(step.id, ())
        title = step.title or step.id
        promised = _RESTART.search(title) or _STOP.search(title)
        kept = any(stops(simple) or restarts(simple) for simple in own)
        if promised and not kept and any(map(starts, own)):
            yield Finding((*path, "id"), f"step {step.id} says {promised[0].lower()}, and its command only starts")


@rule(
    "notify-by-hand",
    explains="Under stress people forget to tell others; and when they do not, the record does not know it.",
    fix="notify: {to: [backend], message: ...}; the contacts stand in contacts.yaml",
)
def notify_by_hand(loaded: Loaded, _: date) -> Iterator[Finding]:
    """A person is told to tell people."""
    for path, step in loaded.book.walk():
        if isinstance(step.word, Guide) and (found := _NOTIFY.search(step.word.text.text)):
            yield Finding((*path, "guide", "text"), f"{found[1]!r} has no command", found.start(1), len(found[1]))
