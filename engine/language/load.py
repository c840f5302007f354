"""A file to a book, strictly: every fault of the file at its place in one pass, or a book that can be believed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from stat import S_ISREG

from pydantic_core import ErrorDetails

from engine.language.action import Action
from engine.language.book import Book
from engine.language.complaint import LATER, complaint
from engine.language.judge import Problem, judge
from engine.language.partial import partly
from engine.language.shape import keys_at, keys_of
from engine.language.step import Step
from engine.language.validate import to_book
from engine.primitives.faults import BookFaults, Fault, did_you_mean
from engine.primitives.yaml_source import LARGEST, read
from engine.primitives.yaml_tree import Keys, Node, Source, Span
from incidents.event import Json


@dataclass(frozen=True, slots=True)
class Loaded:
    """A book, the plain data it was made from (what a run records), its file and the places in it."""

    book: Book
    document: dict[str, Json]
    path: Path
    source: Source


def load(path: Path) -> Loaded:
    """The book of a file. Raises BookFaults with everything that is wrong."""
    return load_text(_bytes_of(path), path)


def load_text(data: bytes, path: Path) -> Loaded:
    """The book of a file's bytes. Raises BookFaults with everything that is wrong."""
    source, faults = read(data, str(path))
    document = source.root.plain()
    assert isinstance(document, dict)
    book, errors = to_book(document)
    problems = [*_actions(source.root), *_empty(source.root, ())]
    problems += _news(problems, [_problem(error) for error in errors])
    judged, forgiven = (book, frozenset[str]()) if book is not None else partly(document, errors)
    if judged is not None:
        problems += judge(judged, forgiven)
    seen = {(fault.line, fault.column) for fault in faults}
    for fault in _placed(problems, source):
        if (fault.line, fault.column) not in seen:
            faults.append(fault)
    if faults or book is None:
        raise BookFaults(faults)
    return Loaded(book, document, path, source)


def parse(document: dict[str, Json]) -> Book:
    """The book of a document that a run recorded. Raises BookFaults when this version cannot read it."""
    book, errors = to_book(document)
    if book is None:
        found = (_problem(error) for error in errors)
        raise BookFaults(Fault("the record", 1, 1, one.code, f"{_dotted(one.path)}: {one.message}") for one in found)
    return book


def _bytes_of(path: Path) -> bytes:
    try:
        if not S_ISREG(path.stat().st_mode):
            raise BookFaults([Fault(str(path), 1, 1, "unreadable", "this is not a file")])
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise BookFaults([Fault(str(path), 1, 1, "unreadable", f"the file cannot be read: {error.strerror}")]) from None


def _problem(error: ErrorDetails) -> Problem:
    path = error["loc"]
    around = path[:-1] if error["type"] in ("missing", "extra_forbidden") else path
    said = complaint(error, keys_at(Book, around))
    where = around if error["type"] == "missing" else path
    return Problem(where, said.code, said.message, said.hint, said.column, on_key=said.on_key)


def _news(known: list[Problem], more: list[Problem]) -> Iterator[Problem]:
    """What is not only another view of the same: an empty value, or the inside of what a later version executes."""
    empty = {problem.path for problem in known if problem.code == "empty-value"}
    later = {problem.path[:-1] for problem in more if problem.code == "later-version"}
    for problem in more:
        if problem.path not in empty and not (problem.code == "unknown-key" and problem.path[:-1] in later):
            yield problem


def _actions(root: Node) -> Iterator[Problem]:
    """Steps without exactly one action, also where the models stopped at something else."""
    for section in ("steps", "finally"):
        steps = root.child(section)
        for index, step in enumerate(steps.inside if steps is not None and isinstance(steps.inside, list) else ()):
            if not isinstance(step.inside, dict):
                continue
            given = [word for word in Action.words if word in step.inside]
            problem = Action.problem_with(given)
            if problem is not None and (given or not _meant(step.inside)):
                yield Problem((section, index), "bad-value", str(problem), problem.hint)


def _meant(keys: Iterable[str]) -> bool:
    """Whether one of these is an action of a later version, or one misspelt."""
    strange = [key for key in keys if key not in keys_of(Step)]
    return any(key in LATER or did_you_mean(key, Action.words) for key in strange)


def _empty(node: Node, path: Keys) -> Iterator[Problem]:
    """Keys of the language with nothing behind them: `when:` left empty must not mean "always"."""
    if isinstance(node.inside, dict):
        for key, inner in node.inside.items():
            if inner.inside is None and inner.value is None and key in keys_at(Book, path):
                yield Problem(
                    (*path, key), "empty-value", f"{key} is empty", "give it a value or remove it", on_key=True
                )
            yield from _empty(inner, (*path, key))
    elif isinstance(node.inside, list):
        for index, inner in enumerate(node.inside):
            yield from _empty(inner, (*path, index))


def _placed(problems: list[Problem], source: Source) -> Iterator[Fault]:
    for problem in problems:
        node, key = source.nearest(problem.path)
        span = key if problem.on_key or node.inside is not None or _hidden(node.span) else node.span
        if problem.column is not None:
            span = source.within(node, problem.column, problem.width)
        fault = source.fault(problem.code, problem.message, span, problem.hint)
        # Whoever writes a secret where its reference belongs does not find it in a log as well.
        yield replace(fault, snippet="") if problem.path[:1] == ("secrets",) else fault


def _hidden(span: Span) -> bool:
    """Whether a value shows nothing to point at: it is empty, or a block of many lines."""
    return span.line != span.end_line or span.column == span.end_column


def _dotted(path: Keys) -> str:
    return ".".join(map(str, path)) or "the document"
