"""An inventory on its way in: hosts as they were found, and a note for everything that could not be taken over."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from engine.inventory.reading import ADDRESS, GROUP, HOST_NAME, RESERVED, USER
from engine.primitives.names import check_name
from engine.primitives.values import Value

_PLAIN = r"[A-Za-z~/][A-Za-z0-9._/~-]*"
_NOT_PLAIN = ("true", "false", "null")


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was not taken over, or not as it stood: where, what, and what became of it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(slots=True)
class DraftHost:
    """One host, in the words of hosts.yaml."""

    settings: dict[str, str | int] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    vars: dict[str, Value] = field(default_factory=dict)


@dataclass(slots=True)
class Draft:
    """Takes what fits, notes what does not."""

    hosts: dict[str, DraftHost] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def host(self, name: str, where: str) -> DraftHost | None:
        """The host of that name, made when it is new; None, and a note, when it cannot have that name."""
        if not re.fullmatch(HOST_NAME, name) or name in RESERVED:
            self.note(where, f"host {name!r} was left out: it is no name for a host here")
            return None
        return self.hosts.setdefault(name, DraftHost())

    def set(self, host: DraftHost, key: str, value: str, where: str) -> None:
        """One of address, port, user, identity_file, jump."""
        patterns = {"address": ADDRESS, "port": r"[0-9]{1,5}", "user": USER, "jump": HOST_NAME}
        if not re.fullmatch(patterns.get(key, r"[^\n\0]{1,1000}"), value) or (
            key == "port" and not 0 < int(value) < 65536
        ):
            self.note(where, f"{key} {value!r} was left out: it is not one")
            return
        host.settings[key] = int(value) if key == "port" else value

    def group(self, host: DraftHost, name: str, where: str) -> None:
        """Group names are lower-case words here."""
        ours = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")
        if not re.fullmatch(GROUP, ours) or ours in RESERVED:
            self.note(where, f"group {name!r} was left out: it is no name for a group here")
            return
        if ours != name:
            self.note(where, f"group {name!r} is called {ours} here")
        if ours not in host.groups:
            host.groups.append(ours)

    def var(self, host: DraftHost, name: str, value: object, where: str) -> None:
        """A var fills the param of its name."""
        try:
            check_name(name)
        except ValueError as wrong:
            self.note(where, f"var {name} was left out: {wrong}")
            return
        if not isinstance(value, str | int | float | bool):
            self.note(where, f"var {name} was left out: a var is text, a number, true or false")
            return
        host.vars[name] = value

    def note(self, where: str, what: str) -> None:
        """Said once, however many hosts it concerns."""
        if Note(where, what) not in self.notes:
            self.notes.append(Note(where, what))

    def settle(self) -> None:
        """What can only be checked at the end: ways through hosts that are not here, groups that are hosts."""
        for name, host in self.hosts.items():
            jump = host.settings.get("jump")
            if jump is not None and (jump not in self.hosts or jump == name):
                self.note(name, f"jump {jump!r} was left out: no imported host is called that")
                del host.settings["jump"]
            for group in [group for group in host.groups if group in self.hosts]:
                self.note(name, f"group {group} was left out: a host is called that")
                host.groups.remove(group)

    def to_yaml(self) -> str:
        """hosts.yaml, one host a line, the notes as comments at its head."""
        lines = ["version: 1", *(f"# not taken over: {_one_line(str(note))}" for note in self.notes), "hosts:"]
        lines += [f"  {_scalar(name)}: {{{', '.join(_parts(host))}}}" for name, host in self.hosts.items()]
        return "\n".join(lines if self.hosts else [*lines[:-1], "hosts: {}"]) + "\n"


def _parts(host: DraftHost) -> list[str]:
    parts = [f"{key}: {_scalar(value)}" for key, value in host.settings.items()]
    if host.groups:
        parts.append(f"groups: [{', '.join(host.groups)}]")
    if host.vars:
        parts.append(f"vars: {{{', '.join(f'{name}: {_scalar(value)}' for name, value in host.vars.items())}}}")
    return parts


def _scalar(value: Value) -> str:
    """JSON's quoting is YAML's too; a plain word is easier to read."""
    if isinstance(value, str) and re.fullmatch(_PLAIN, value) and value.lower() not in _NOT_PLAIN and value != "~":
        return value
    return json.dumps(value)


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
