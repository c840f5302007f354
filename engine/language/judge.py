"""What a well-formed book still gets wrong: ids given twice, and names that mean nothing where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from engine.language.book import Book
from engine.language.declared import Declared, Output, Param
from engine.language.rehearsal import EVERYTHING, RehearsalCase, Scripted
from engine.primitives.expression import Expression, Kind, Unlike
from engine.primitives.faults import did_you_mean, quoted
from engine.primitives.names import Mention
from engine.primitives.template import Template
from engine.primitives.yaml_tree import Keys
from engine.words.probe import NamedProbe
from engine.words.request import SecretHeader
from engine.words.use import Use

BUILT_INS: Mapping[str, Kind] = dict.fromkeys(
    ("host", "run", "incident", "run.id", "run.title", "run.outcome", "run.duration", "incident.id"), "text"
)
"""Names that every step has, besides what its runbook declares."""

_KINDS: Mapping[str, Kind] = {
    "string": "text",
    "text": "text",
    "choice": "text",
    "integer": "a number",
    "number": "a number",
    "bool": "true or false",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a path; `column` counts characters of the text there, `on_key` points at the key."""

    path: Keys
    code: str
    message: str
    hint: str = ""
    column: int | None = None
    width: int = 1
    on_key: bool = False


def judge(book: Book, forgiven: frozenset[str] = frozenset()) -> Iterator[Problem]:
    """Everything wrong with the meaning of one book. `forgiven` names are broken elsewhere, and known."""
    yield from _twice(book)
    yield from _clashes(book)
    yield from _defaults(book)
    names = _Names(book, forgiven)
    yield from names.problems()
    for index, case in enumerate(book.tests):
        yield from _test(book, case, ("tests", index), forgiven)


def leaves(value: object, path: Keys = ()) -> Iterator[tuple[Keys, object]]:
    """Every model, condition and template inside a value, with its path in YAML."""
    if isinstance(value, BaseModel):
        yield path, value
        for name in value.model_fields_set:
            key = type(value).model_fields[name].alias or name
            yield from leaves(getattr(value, name), (*path, key))
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, inner in enumerate(value):
            yield from leaves(inner, (*path, index))
    elif isinstance(value, (Expression, Template)):
        yield path, value


def _twice(book: Book) -> Iterator[Problem]:
    named: list[tuple[str, Iterable[tuple[Keys, str, str]]]] = [
        ("step", ((path, "id", step.id) for path, step in book.walk())),
        ("symptom", ((("symptoms", index), "id", found.id) for index, found in enumerate(book.symptoms))),
        ("test", ((("tests", index), "name", case.name) for index, case in enumerate(book.tests))),
    ]
    for noun, items in named:
        seen: set[str] = set()
        for path, key, name in items:
            if name in seen:
                yield Problem((*path, key), "duplicate-id", f"another {noun} is already called {quoted(name)}")
            seen.add(name)


def _clashes(book: Book) -> Iterator[Problem]:
    """One name has one meaning: a param, a check, a secret, or what a step gives."""
    meaning: dict[str, str] = {}
    declared: list[tuple[Keys, str, str]] = []
    for section, noun, names in (
        ("params", "a param", book.params),
        ("checks", "a check", book.checks),
        ("secrets", "a secret", book.secrets),
    ):
        declared += [((section, name), name, noun) for name in names]
    declared += [(("secrets", name), f"{name}_file", f"the file of the secret {name}") for name in book.secrets]
    for path, step in book.walk():
        declared += [((*path, "outputs", name), name, "an output") for name in step.outputs]
        declared += [((*path, "outputs", name), f"{name}_file", f"the file of the secret output {name}")
                     for name, rule in step.outputs.items() if rule.secret]  # fmt: skip
        declared += [((*path, "input", name), name, "an input") for name in step.input]
    for path, name, noun in declared:
        if meaning.setdefault(name, noun) != noun:
            message = f"{name} is {meaning[name]} already, and cannot be {noun} too"
            yield Problem(path, "name-clash", message, "take another name", on_key=True)


def _defaults(book: Book) -> Iterator[Problem]:
    for path, value in leaves(book):
        if isinstance(value, (Param, Output)) and value.default is not None:
            try:
                value.accept(value.default)
            except ValueError as error:
                yield Problem((*path, "default"), "bad-default", f"the default does not fit: {error}")


@dataclass(slots=True)
class _Names:
    """What names mean, step after step."""

    book: Book
    forgiven: frozenset[str]
    known: dict[str, Kind] = field(default_factory=dict)

    def problems(self) -> Iterator[Problem]:
        book = self.book
        self.known = {**BUILT_INS, **_kinds(book.params)}
        yield from self._texts(book.checks, ("checks",))
        yield from self._texts(book.symptoms, ("symptoms",))
        for path, step in book.walk():
            after = {**self.known, **_kinds(step.outputs), **_kinds(step.input)}
            for key in step.model_fields_set:
                name = type(step).model_fields[key].alias or key
                before, self.known = self.known, after if key in ("verify", "rollback") else self.known
                yield from self._texts(getattr(step, key), (*path, name))
                self.known = before
            self.known = after

    def _texts(self, value: object, path: Keys) -> Iterator[Problem]:
        for where, found in leaves(value, path):
            if isinstance(found, Template):
                for mention in found.mentions:
                    yield from self._template_name(where, mention)
            elif isinstance(found, Expression):
                yield from self._condition(where, found)
            elif isinstance(found, NamedProbe) and found.name is not None:
                yield from self._check(where, found.name)
            elif isinstance(found, SecretHeader):
                yield from self._secret((*where, "secret"), found.secret)

    def _template_name(self, where: Keys, mention: Mention) -> Iterator[Problem]:
        name = mention.name
        if name in self.known or name in self.forgiven:
            return
        if name in self.book.checks:
            message, hint = f"{name} is a check: conditions can ask it, texts cannot show it", ""
        elif name in self.book.secrets:
            message = f"{name} is a secret and never stands in a text"
            hint = f'in a header: {{secret: {name}}}; in a command: "${name}_file"'
        else:
            message, hint = self._unknown(name, {*self.known, *self.forgiven})
        yield Problem(where, "unknown-name", message, hint, mention.column, len(name))

    def _condition(self, where: Keys, condition: Expression) -> Iterator[Problem]:
        checks: dict[str, Kind] = dict.fromkeys(self.book.checks, "true or false")
        known = {**self.known, **checks}
        wrong = [mention for mention in condition.mentions if mention.name not in {*known, *self.forgiven}]
        for mention in wrong:
            message, hint = self._unknown(mention.name, {*known, *self.forgiven})
            yield Problem(where, "unknown-name", message, hint, mention.column, len(mention.name))
        try:
            condition.check(known.get)
        except Unlike as error:
            yield Problem(where, "unlike-types", str(error), "", error.column)

    def _check(self, where: Keys, name: str) -> Iterator[Problem]:
        if name not in self.book.checks and name not in self.forgiven:
            hint = did_you_mean(name, self.book.checks) or "declare it under checks:"
            yield Problem(where, "unknown-name", f"no check is called {name}", hint)

    def _secret(self, where: Keys, name: str) -> Iterator[Problem]:
        if name not in self.book.secrets and name not in self.forgiven:
            hint = did_you_mean(name, self.book.secrets) or "declare it under secrets:"
            yield Problem(where, "unknown-name", f"no secret is called {name}", hint)

    def _unknown(self, name: str, known: Iterable[str]) -> tuple[str, str]:
        for _, step in self.book.walk():
            if name in step.outputs and step.outputs[name].secret:
                return f"{name} is a secret output and never stands in a text", f'in a command: "${name}_file"'
            if name in step.outputs or name in step.input:
                return f"{name} is used here before step {step.id} gives it", f"move it behind {step.id}"
        hint = did_you_mean(name, known) or "declare it under params:, or as an output or input of an earlier step"
        return f"nothing is called {name} here", hint


def _kinds(declared: Mapping[str, Declared]) -> dict[str, Kind]:
    """What each value is; a secret output is none that a text or a condition could use."""
    return {
        name: _KINDS[found.type] for name, found in declared.items() if not (isinstance(found, Output) and found.secret)
    }


def _test(book: Book, case: RehearsalCase, path: Keys, forgiven: frozenset[str]) -> Iterator[Problem]:
    """A test that names what is not there tests nothing."""
    steps = {step.id: step for _, step in book.walk()}

    def unknown(where: Keys, name: str, known: Iterable[str], noun: str, *, on_key: bool = False) -> Iterator[Problem]:
        head = name.split("/")[0].split("@")[0].split("#")[0].removesuffix(".rollback")
        used = "/" in name and head in steps and isinstance(steps[head].word, Use)
        if not used and (head not in known or "/" in name) and head not in forgiven:
            hint = did_you_mean(head, known)
            yield Problem(where, "unknown-name", f"no {noun} is called {head}", hint, on_key=on_key)

    for name in case.params:
        yield from unknown((*path, "params", name), name, book.params, "param", on_key=True)
    for host, scripts in case.hosts.items():
        for key, replies in scripts.items():
            if key == EVERYTHING:
                continue
            acts = any(isinstance(reply, Scripted) for reply in replies)
            known, noun = (steps, "step") if acts else (book.checks, "check")
            yield from unknown((*path, "hosts", host, key), key, known, noun, on_key=True)
    for question in case.answers:
        yield from unknown((*path, "answers", question), question, steps, "step", on_key=True)
    for key in ("ran", "not_ran", "skipped", "asked"):
        for index, name in enumerate(getattr(case.expect, key) or ()):
            yield from unknown((*path, "expect", key, index), name, steps, "step")
    for name in case.expect.statuses:
        yield from unknown((*path, "expect", "statuses", name), name, steps, "step", on_key=True)
