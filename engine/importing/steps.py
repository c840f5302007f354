"""Commands and prose as steps of a draft: what they do is guessed from the commands; every guess is written down."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.importing.guide import Block
from engine.importing.naming import step_id
from engine.importing.pieces import Piece
from engine.importing.placeholders import Declared
from engine.language.rules.known import destroys, only_looks
from engine.language.rules.shell import simple_commands
from incidents.event import Json

MOST_STEPS = 500
LONGEST_TITLE, LONGEST_TEXT, LONGEST_WHY = 200, 20_000, 4000
_NEEDS_BASH = re.compile(
    r"\[\[|\{[0-9]+\.\.[0-9]+\}|[<>]\(|<<<|^\s*\w+=\(|(?:^|[|;&]\s*)time\s|&>|(?:^|[;&]\s*)source\s|\bfunction\s|\$'"
    r"|pipefail|\$\{\w+//|\bselect\s",
    re.MULTILINE,
)
_OTHER_WAY = re.compile(
    r"(?:with|using|via|or|alternatively|option)\b|.*\((?:recommended|optional|linux|mac|windows)", re.IGNORECASE
)


@dataclass(slots=True)
class Steps:
    """The steps of one runbook while they are collected. `file` is the guide's path, as people wrote it."""

    file: str
    declared: Declared = field(default_factory=Declared)
    made: list[dict[str, Json]] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    left_out: int = 0

    def command(self, piece: Piece, why: str = "") -> None:
        """A step that runs something; comments become its title and its reason."""
        if self._full():
            return
        source = self._source(piece.line)
        text = piece.command.strip("\n")
        simples = simple_commands(text)
        become = len(simples) == 1 and re.match(r"sudo\s+(?!-)", text) is not None
        text = re.sub(r"\Asudo\s+", "", text) if become else text
        text = self._cut(text, source)
        title, *more = piece.comments or [""]
        step = self._new(title or _first_words(text), source)
        if reason := "\n".join([part for part in (why, *more) if part]):
            step["why"] = reason[:LONGEST_WHY]
        self._effect(step, text, source)
        if become:
            step["become"] = True
            self.guesses.append(f"{source}: sudo became become: true")
        if _OTHER_WAY.match(title):
            self.guesses.append(
                f"{source}: {title[:60]!r} may be another way to do the same; keep the one that is yours"
            )
        text = self.declared.fill(text, source)
        if _NEEDS_BASH.search(text):
            self.guesses.append(f"{source}: the command needs bash")
            step["run"] = {"command": text, "shell": "bash"}
        else:
            step["run"] = text
        if piece.expected.strip():
            self.expected(piece.expected, source, step)
        self.made.append(step)

    def guide(self, text: str, line: int, title: str = "") -> None:
        """A step that a person does."""
        if self._full():
            return
        source = self._source(line)
        shown = self._cut(re.sub(r"\{(?=\{)", "{ ", text), source)
        step = self._new(title or _first_words(text), source)
        step["guide"] = shown
        self.made.append(step)

    def expected(self, text: str, source: str, step: dict[str, Json] | None = None) -> None:
        """What the guide says the last command prints: kept beside it, compared by nobody."""
        step = step if step is not None else next((one for one in reversed(self.made) if "run" in one), None)
        if step is not None:
            step["x-expected"] = text.strip("\n")[:LONGEST_TEXT]
            self.guesses.append(
                f"{source}: what it should print is kept as x-expected; make it an http check or a pattern"
            )

    def source_of(self, block: Block) -> str:
        """Where a block stands in the guide."""
        return self._source(block.line)

    @property
    def only_read(self) -> bool:
        """Whether it runs something, and changes nothing by it."""
        effects = {step.get("effect") for step in self.made if "run" in step}
        return effects == {"read"}

    def _effect(self, step: dict[str, Json], text: str, source: str) -> None:
        simples = simple_commands(text)
        if any(map(destroys, simples)):
            step["effect"] = "destructive"
            self.guesses.append(f"{source}: taken for destructive")
        elif all(map(only_looks, simples)) and "`" not in text:
            step["effect"] = "read"
            self.guesses.append(f"{source}: taken for a command that only looks (effect: read)")

    def _new(self, title: str, source: str) -> dict[str, Json]:
        taken = {str(step["id"]) for step in self.made}
        step: dict[str, Json] = {"id": step_id(title, taken, "step")}
        if title:
            step["title"] = title[:LONGEST_TITLE]
        return {**step, "x-source": source}

    def _cut(self, text: str, source: str) -> str:
        if len(text) > LONGEST_TEXT:
            self.guesses.append(f"{source}: longer than {LONGEST_TEXT} characters, and cut there")
        return text[:LONGEST_TEXT]

    def _full(self) -> bool:
        """Whether there is no room for one more step, which is counted then."""
        full = len(self.made) >= MOST_STEPS
        self.left_out += full
        return full

    def _source(self, line: int) -> str:
        return f"{self.file}:{line}"


def _first_words(text: str) -> str:
    """The beginning of a text as a title: its first line, cut at a word."""
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return line if len(line) <= 60 else f"{line[:60].rpartition(' ')[0] or line[:60]} …"
