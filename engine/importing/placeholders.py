"""What a guide leaves to its reader (<pid>, your-token-here) as params and secret references; runs no shell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.importing.naming import param_name
from engine.language.rules.secrecy import SECRET
from engine.words.fields import HOLE
from incidents.event import Json

MOST = 100
_PLACEHOLDER = re.compile(
    r"(?<![<0-9&\w$])<(?P<angle>[A-Za-z][\w-]*(?: [\w-]+){0,4})>(?![\w>])"
    r"|\{\{\s*(?P<braces>[a-z][a-z0-9_.]{0,60})\s*\}\}"
    r"|\b(?P<here>[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+){0,8}[-_]here)\b"
    r"|\b(?P<your>your(?:[-_][A-Za-z0-9]+){1,8}|YOUR(?:_[A-Z0-9]+){1,8})\b"
    r"|\b(?P<change>CHANGE[-_]?ME|REPLACE[-_]?ME|changeme)\b"
)
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=[\"']?\Z")
_QUOTED_HEREDOC = re.compile(r"<<-?[ \t]*['\"\\]")
_NUMBERS = ("pid", "port")


@dataclass(slots=True)
class Declared:
    """What a runbook declares because of its placeholders, as YAML will have it, and what was guessed about it."""

    params: dict[str, Json] = field(default_factory=dict)
    secrets: dict[str, Json] = field(default_factory=dict)
    guesses: list[str] = field(default_factory=list)

    def fill(self, command: str, source: str) -> str:
        """The command with each placeholder as a variable, quoted for where it stands."""
        done: list[str] = []
        end = 0
        quoting = _Quoting()
        for match in _PLACEHOLDER.finditer(command):
            between = command[end : match.start()]
            done.append(between)
            quote = quoting.after(between)
            end = match.end()
            done.append(self._variable(match, quote, command, source) or match[0])
            quoting.after(match[0])
        filled = "".join(done) + command[end:]
        return HOLE.sub(lambda hole: "{ " + hole[0][1:], filled)

    def _variable(self, match: re.Match[str], quote: str, command: str, source: str) -> str:
        """The variable in place of a placeholder; empty when it must stay as it is."""
        if _QUOTED_HEREDOC.search(command, 0, match.start()):
            self.guesses.append(f"{source}: {match[0]} stands in a quoted here-document and was left as it is")
            return ""
        given = match[match.lastgroup or 0]
        assigned = _ASSIGNED.search(command, max(0, match.start() - 80), match.start())
        words = [word for word in re.split(r"[^A-Za-z0-9]+", given.lower()) if word not in ("your", "here", "the")]
        name = param_name(assigned[1] if assigned else "_".join(words))
        if SECRET.search(name) or SECRET.search(given):
            if not self._room(name, self.secrets, self.params):
                return ""
            self.secrets.setdefault(name, {"from": f"env:{name.upper()}"})
            self._guess(f"{source}: {match[0]} became the secret {name}, taken from the variable {name.upper()}")
            text = f'$(cat "${name}_file")'
        else:
            if not self._room(name, self.params, self.secrets):
                return ""
            kind = "integer" if name in _NUMBERS else "string"
            self.params.setdefault(name, {"type": kind, "help": f"Stands for {match[0][:200]} in the guide"})
            self._guess(f"{source}: {match[0]} became the param {name}")
            text = f"${{{name}}}" if quote == '"' else f"${name}"
        return {"": f'"{text}"', '"': text, "'": f"'\"{text}\"'"}[quote]

    def _room(self, name: str, own: dict[str, Json], others: dict[str, Json]) -> bool:
        return name in own or (name not in others and len(own) < MOST)

    def _guess(self, said: str) -> None:
        if said not in self.guesses:
            self.guesses.append(said)


class _Quoting:
    """Which quotes are open after the text so far; what stands in $( ) is not looked into."""

    def __init__(self) -> None:
        self._quote = ""
        self._escaped = False

    def after(self, text: str) -> str:
        """The open quote behind more text, or the empty text."""
        for char in text:
            if self._escaped:
                self._escaped = False
            elif char == "\\" and self._quote != "'":
                self._escaped = True
            elif self._quote:
                self._quote = "" if char == self._quote else self._quote
            elif char in "'\"":
                self._quote = char
        return self._quote
