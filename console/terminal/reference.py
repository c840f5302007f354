"""The reference pages that the code can write about itself: tasks, exit codes, runbooks, words, lint rules, events."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, get_args

from invoke.collection import Collection

from console.settings import ROOT, settings
from console.terminal.books import BookTask, run_flags
from console.terminal.command_line import context_of
from console.terminal.exits import Exits
from console.terminal.index import shelf
from engine.language.action import Action
from engine.language.lint import ALLOW, RULES
from engine.language.schema import schema
from incidents.vocabulary import INCIDENT_FACTS, RUN_FACTS, Fact

FOLDER = ROOT / "docs" / "reference"
_NOTE = "<!-- Written by `./inv dev.docs` from the code. Change the code, then write it again. -->"
_EXITS = {
    Exits.DONE: "done",
    Exits.FAILED: "a step failed, or what was asked for could not be done",
    Exits.INVALID: "invalid input: the command line, a runbook, a hosts file, a secret that is not there",
    Exits.STOPPED: "somebody stopped the run (`run.stop`, or the answer `stop`)",
    Exits.PARKED: "a person is needed: the run waits for an answer",
    Exits.REFUSED: "refused or expired: answered already, ended already, driven by somebody else",
    Exits.UNREACHABLE: "hosts could not be reached, and nothing else was wrong",
    Exits.UNKNOWN: "something was started whose end nobody saw",
    Exits.INTERRUPTED: "Ctrl-C, or the process was told to end",
}


def pages(tasks: Collection) -> dict[Path, str]:
    """File to text."""
    return {
        FOLDER / "tasks.md": _page("Tasks", _tasks(tasks)),
        FOLDER / "runbooks.md": _page("Runbooks", _runbooks()),
        FOLDER / "words.md": _page("Words", _words()),
        FOLDER / "lint-rules.md": _page("Lint rules", _lint_rules()),
        FOLDER / "events.md": _page("Events", _events()),
    }


def _page(title: str, parts: Iterable[str]) -> str:
    return "\n\n".join([_NOTE, f"# {title}", *parts]) + "\n"


def _tasks(tasks: Collection) -> Iterator[str]:
    yield "What can be typed after `./inv`; `./inv NAME --help` says the same. Runbooks are tasks too: see runbooks.md."
    yield "## Exit codes"
    yield _table(("code", "means"), ((f"`{int(code)}`", meaning) for code, meaning in _EXITS.items()))
    for name in sorted(tasks.task_names):
        task = tasks[name]
        if isinstance(task, BookTask):
            continue
        yield f"## {name}"
        yield inspect.getdoc(task) or ""
        context = context_of(name, task)
        if context.flags:
            rows = ((f"`{flag}`", argument.help or "") for flag, argument in context.flags.items())
            yield _table(("flag", "means"), rows)


def _runbooks() -> Iterator[str]:
    yield "The runbooks of this project. Each is a task: `./inv ID --hosts HOSTS`."
    for book in shelf(replace(settings(), runbooks=(ROOT / "runbooks",))):
        yield f"## {book.id}"
        kind = f"{book.kind}, {book.severity}" if book.kind == "incident" else book.kind
        yield f"**{book.title}** ({kind}; `{Path(book.path).relative_to(ROOT)}`)"
        yield book.summary
        yield _table(("flag", "means"), ((f"`--{flag.name.replace('_', '-')}`", flag.help) for flag in book.flags))
    yield "## Flags of every runbook"
    yield _table(("flag", "means"), ((f"`--{flag.names[0]}`", flag.help or "") for flag in run_flags()))


def _words() -> Iterator[str]:
    yield "What a step can do: exactly one of these keys. The other keys of a step are in the schema (`book.schema`)."
    definitions = schema()["$defs"]
    for word in Action.words:
        [model] = [part for part in get_args(Action.model_fields[word].annotation) if part is not type(None)]
        definition: dict[str, Any] = definitions[model.__name__]
        yield f"## {word}"
        yield from _described(word, definition["description"])
        whole = next((one for one in definition.get("anyOf", ()) if "properties" in one), definition)
        rows = ((f"`{key}`", value.get("description", "")) for key, value in whole["properties"].items())
        yield _table(("key", "means"), rows)


def _lint_rules() -> Iterator[str]:
    yield "What `./inv book.lint` finds in a runbook that loads. Every finding names its rule."
    yield f"A rule is silenced with a reason, at a step or for the whole book: `{ALLOW}: {{RULE: the reason}}`."
    for rule in sorted(RULES.values(), key=lambda rule: rule.id):
        yield f"## {rule.id}"
        yield rule.explains
        if rule.example:
            yield f"```sh\n{rule.example}\n```"
        yield f"Instead: {rule.fix}."


def _described(word: str, text: str) -> Iterator[str]:
    """A word's docstring, its examples as YAML."""
    for paragraph in map(textwrap.dedent, text.split("\n\n")):
        yield f"```yaml\n{paragraph.strip()}\n```" if paragraph.startswith(f"{word}:") else paragraph


def _events() -> Iterator[str]:
    yield "What a stream can hold. Every event has a place (stream, seq), two clocks, an actor, and a subject."
    for title, facts in (("Of a run", RUN_FACTS), ("Of a record", INCIDENT_FACTS)):
        yield f"## {title}"
        for fact in facts:
            yield from _event(fact)


def _event(fact: type[Fact]) -> Iterator[str]:
    yield f"### {fact.__name__}"
    yield inspect.getdoc(fact) or ""
    yield ", ".join(f"`{field.name}`" for field in fields(fact))


def _table(head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    lines = [f"| {first} | {' '.join(second.split()).replace('|', chr(92) + '|')} |" for first, second in rows]
    return "\n".join([f"| {head[0]} | {head[1]} |", "|---|---|", *lines])
