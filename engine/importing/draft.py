"""Sections of a guide as draft runbooks: which heading is one, which is a part of one, what became of the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.importing.guide import Block, Section
from engine.importing.naming import book_id, step_id
from engine.importing.pieces import pieces
from engine.importing.steps import Steps
from incidents.event import Json

MOST_BOOKS = 300
MOST_SYMPTOMS = 50
_PART = re.compile(
    r"(?:\d+[.)]?\s*)?(?:symptoms?|diagnos(?:is|e|tics)|solutions?|fix(?:es)?|resolution|commands?|steps?|procedure|actions?"
    r"|immediate (?:response|actions?)|prerequisites?|requirements?|(?:set ?up|installation) steps?|verif(?:y|ication)"
    r"|roll ?back|escalation|pre-?\w+|post-?\w+|before|during|after|(?:during|before|after) .+|step \d.*|notes?|impact"
    r"|causes?|mitigation|remediation|checks?|usage|examples?)",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"(?:development|production|staging|local|testing|manual|automat\w+|linux|mac ?os|windows|docker|basic|advanced"
    r"|other|general|common issues|restart|start|stop|(?:\w+ )?(?:configuration|environment))",
    re.IGNORECASE,
)
_NO_RUNBOOK = re.compile(
    r".*\b(?:contacts?|documentation|references?|overview|introduction|glossary|change ?log|contents|licen[cs]e"
    r"|levels|format)\b.*",
    re.IGNORECASE,
)
_TROUBLE = re.compile(r"emergenc|incident|troubleshoot|outage|issue|problem|disaster|failure", re.IGNORECASE)
_URGENT = re.compile(r"emergenc|outage|disaster|incident", re.IGNORECASE)
_SHELLS = ("bash", "sh", "shell", "zsh", "ksh", "console", "shell-session", "shellsession", "terminal", "sh-session")
_SETTINGS = ("nginx", "ini", "conf", "toml", "yaml", "yml", "env", "dotenv", "systemd", "properties", "apache", "xml")
_COMMAND_LIKE = re.compile(
    r"\s*(?:\$ |sudo |[A-Z_]+=\S+ )?(?:\./|/)?(?:curl|wget|systemctl|service|journalctl|docker|kubectl|git|npm|yarn|bun"
    r"|pip3?|python3?|cd|cp|mv|rm|cat|tail|head|grep|ps|kill|ssh|scp|tar|psql|redis-cli|nginx|apt(?:-get)?|yum|dnf|make|export|echo"
    r"|ls|df|free|top|ping|netstat|ss|lsof|chmod|chown|mkdir|touch|sed|awk|helm|terraform|ansible\S*|pm2|node)\b",
)


@dataclass(slots=True)
class Draft:
    """One runbook as plain data that loads, and what was guessed in making it."""

    document: dict[str, Json]
    guesses: list[str]

    @property
    def id(self) -> str:
        """The runbook's id, which is also its file's name."""
        return str(self.document["id"])


@dataclass(slots=True)
class Drafts:
    """The runbooks of a guide, and what was left out of them, with the reason."""

    books: list[Draft] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def drafts(found: Sequence[Section], file: str) -> Drafts:
    """The draft runbooks of a guide's sections. `file` is its path, as people wrote it."""
    made = Drafts()
    taken: set[str] = set()
    for home, parts in _homes(found):
        if not any(part.blocks for part in parts):
            continue
        book = _Book(home, file)
        for part in parts:
            book.take(part)
        source = f"{file}:{home.line}"
        if why := book.no_runbook or (
            len(made.books) >= MOST_BOOKS and f"only {MOST_BOOKS} runbooks are made of one guide"
        ):
            made.left_out.append(f"{source}: {home.title[:80]}: {why}")
        else:
            made.books.append(book.draft(taken, source))
            taken.add(made.books[-1].id)
    return made


def _homes(found: Sequence[Section]) -> Iterator[tuple[Section, list[Section]]]:
    """Each section that is a runbook of its own, with the sections that are parts of it (itself first)."""
    parts: dict[int, tuple[Section, list[Section]]] = {}
    for section in found:
        home = section
        while home.parent is not None and home.parent.level > 0 and _PART.fullmatch(home.title):
            home = home.parent
        parts.setdefault(id(home), (home, []))[1].append(section)
    yield from parts.values()


class _Book:
    """One runbook while its sections are read."""

    def __init__(self, home: Section, file: str) -> None:
        self.home = home
        self.title = re.sub(r"^\d+(?:\.\d+)*[.)]?\s+", "", home.title)
        self.steps = Steps(file)
        self.summary = ""
        self.symptoms: list[str] = []
        self.acts = False
        self._bullets: list[Block] = []
        self._pending: Block | None = None

    def take(self, part: Section) -> None:
        """Reads a section, which is the runbook's own or a part of it."""
        label = part.title if part is not self.home else ""
        for block in part.blocks:
            if block.kind != "bullet":
                self._flush_bullets(label)
            if self._pending is not None and block.kind != "code":
                self._flush_prose()
            match block.kind:
                case "label":
                    label = block.text
                case "prose" if part is self.home and not (self.summary or self.steps.made or label):
                    self.summary = block.text
                case "prose":
                    self._pending = block
                case "bullet" if re.match(r"symptoms?\b", label, re.IGNORECASE):
                    self.symptoms.append(block.text)
                case "bullet":
                    self._bullets.append(block)
                case "numbered":
                    self.acts = True
                    self.steps.guide(block.text, block.line)
                case _:
                    self._code(block, label)
        self._flush_bullets(label)
        self._flush_prose()

    @property
    def no_runbook(self) -> str:
        """Why this is no runbook; empty when it is one."""
        runs = any("run" in step for step in self.steps.made)
        if not runs and not self.acts:
            return "only prose"
        return "it tells, and asks for nothing" if not runs and _NO_RUNBOOK.fullmatch(self.title) else ""

    def draft(self, taken: set[str], source: str) -> Draft:
        """The runbook, with an id that is not taken."""
        title, trail = self.title, self.home.trail[:-1]
        parent = self.home.parent
        unclear = _GENERIC.fullmatch(title) or book_id(title, taken, "") != book_id(title, (), "")
        if unclear and parent is not None and parent.level > 0:
            title = f"{parent.title}: {title}"
        guesses = [*self.steps.guesses, *self.steps.declared.guesses]
        if self.steps.left_out:
            guesses.append(f"{source}: {self.steps.left_out} steps more than a runbook may have were left out")
        if len(self.symptoms) > MOST_SYMPTOMS:
            guesses.append(f"{source}: only the first {MOST_SYMPTOMS} symptoms were taken")
        kind, severity = self._kind(" ".join((*trail, title)))
        guesses.append(f"{source}: kind {kind}" + (f", severity {severity}" if severity else ""))
        document: dict[str, Json] = {"version": 1, "id": book_id(title, taken, "runbook"), "title": title[:200]}
        if self.summary:
            document["summary"] = self.summary[:2000]
        document["kind"] = kind
        if severity:
            document["severity"] = severity
        document["x-source"] = source
        if symptoms := self._said():
            document["symptoms"] = symptoms
        if self.steps.declared.params:
            document["params"] = self.steps.declared.params
        if self.steps.declared.secrets:
            document["secrets"] = self.steps.declared.secrets
        document["steps"] = list(self.steps.made)
        document["x-guessed"] = list(guesses)
        return Draft(document, guesses)

    def _kind(self, words: str) -> tuple[str, str]:
        if _TROUBLE.search(words) or self.symptoms:
            return "incident", "P1" if _URGENT.search(words) else "P2"
        return ("check" if self.steps.only_read else "maintenance"), ""

    def _said(self) -> list[Json]:
        taken: set[str] = set()
        said: list[Json] = []
        for text in self.symptoms[:MOST_SYMPTOMS]:
            taken.add(name := step_id(text, taken, "symptom"))
            said.append({"id": name, "say": text[:200]})
        return said

    def _flush_bullets(self, label: str) -> None:
        if self._bullets:
            text = "\n".join(f"- {block.text}" for block in self._bullets)
            self.acts = self.acts or not _NO_RUNBOOK.fullmatch(self.title)
            self.steps.guide(text, self._bullets[0].line, label or self.title)
            self._bullets = []

    def _flush_prose(self) -> None:
        if self._pending is not None:
            self.steps.guide(self._pending.text, self._pending.line)
            self._pending = None

    def _code(self, block: Block, label: str) -> None:
        why = self._pending.text if self._pending is not None else ""
        unmarked = not block.language and _COMMAND_LIKE.match(block.text) is not None
        if block.language in _SHELLS or unmarked:
            found = pieces(block.text, block.line)
            if not any(piece.command for piece in found):
                self._flush_prose()
            self._pending = None
            if unmarked:
                self.steps.guesses.append(f"{self.steps.source_of(block)}: an unmarked block was taken for commands")
            for piece in found:
                if piece.command:
                    self.steps.command(piece, why)
                    why = ""
                else:
                    self.acts = self.acts or bool(piece.settings)
                    told = "\n".join([*piece.comments, piece.settings]).strip()
                    self.steps.guide(told, piece.line, piece.comments[0] if piece.comments else label or self.title)
            return
        if self.steps.made and re.search(r"expected|output|respon|result|returns", f"{label} {why}", re.IGNORECASE):
            self._pending = None
            self.steps.expected(block.text, self.steps.source_of(block))
            return
        self._flush_prose()
        if block.text.strip():
            self.acts = self.acts or block.language in _SETTINGS
            self.steps.guide(block.text, block.line, why.rstrip(":") or label or self.title)
