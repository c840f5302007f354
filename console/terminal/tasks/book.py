"""`inv book.*`: look at runbooks, check them, test them, write new ones; it runs none."""

from __future__ import annotations

from pathlib import Path

from invoke.context import Context

from console.settings import ROOT, settings
from console.terminal.exits import Exits
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.stdout import say_json
from console.terminal.task import task

JSON = "one JSON object per line, for scripts"
PATHS = "a runbook's file, a folder of them, or an id (all runbooks when it is left out)"
FORMATS = ("human", "json", "github", "sarif")


@task(name="list", help={"json": JSON})
def list_books(_: Context, json: bool = False) -> None:
    """Every runbook there is: id, kind, title."""
    from console.terminal.book_pages import list_page, shelved_json
    from console.terminal.index import shelf

    books = shelf(settings())
    if not json:
        print(list_page(books))
        return
    for book in books:
        say_json(shelved_json(book))


@task(positional=["book"], help={"book": "its id, or its file", "json": JSON})
def show(_: Context, book: str, json: bool = False) -> None:
    """A runbook as a person reads it: its file."""
    with Session() as session:
        from console.terminal.book_pages import find
        from console.terminal.view.raw import print_raw
        from engine.language.load import load

        path = find(session, book)
        if json:
            say_json({"schema": "watchbook/book/1", "path": str(path), "book": load(path).document})
        else:
            print_raw(path.read_bytes())


@task(
    positional=["book"],
    iterable=["set"],
    help={
        "book": "its id, or its file",
        "hosts": "where: a host, a group, local, or several with commas (a,b)",
        "set": "a param, as name=value (again for more)",
        "json": JSON,
    },
)
def plan(_: Context, book: str, set: list[str], hosts: str = "", json: bool = False) -> Outcome:
    """What a runbook would do, host by host; the same as its --dry-run."""
    with Session() as session:
        from console.terminal.book_pages import find
        from console.terminal.start import start

        given: dict[str, object] = dict(pair(entry) for entry in set)
        return start(session, find(session, book), {**given, "hosts": hosts, "json": json, "dry_run": True})


@task(
    positional=["path"],
    iterable=["path"],
    help={"path": PATHS, "format": "human, json, github or sarif", "json": "the same as --format json"},
)
def lint(_: Context, path: list[str], format: str = "human", json: bool = False) -> Outcome:
    """Everything that is wrong or unwise in runbooks, in its place."""
    if format not in FORMATS:
        raise Problem(f"There is no format {format!r}.", then=f"one of: {', '.join(FORMATS)}")
    with Session() as session:
        from console.terminal.book_checks import lint_books

        clean = lint_books(session, path, "json" if json else format)
    return Outcome("clean") if clean else Outcome("faulty", Exits.FAILED)


@task(positional=["path"], iterable=["path"], help={"path": PATHS, "json": JSON})
def test(_: Context, path: list[str], json: bool = False) -> Outcome:
    """Rehearse the tests that runbooks bring; nothing is touched."""
    with Session() as session:
        from console.terminal.book_checks import test_books

        passed = test_books(session, path, as_json=json)
    return Outcome("passed") if passed else Outcome("failed", Exits.FAILED)


@task(help={"out": "write it to this file (default: stdout)"})
def schema(_: Context, out: str = "") -> None:
    """The language as JSON Schema, for editors."""
    from engine.language.schema import schema_text

    if out:
        Path(out).write_text(schema_text(), encoding="utf-8")
        print(out)
    else:
        print(schema_text(), end="")


@task(
    positional=["id"],
    help={
        "id": "its id: lower-case words with hyphens; `./inv ID` runs it",
        "title": "what people read",
        "owner": "the team that keeps it true",
        "folder": "where it goes, below runbooks/",
    },
)
def new(_: Context, id: str, title: str = "", owner: str = "", folder: str = "troubleshooting") -> None:
    """Write a new runbook: it loads, lints clean and passes its test; the rest is yours."""
    from datetime import date

    from engine.language.new import new_book

    path = ROOT / "runbooks" / folder / f"{id}.yaml"
    try:
        text = new_book(id, title, owner, date.today())
    except ValueError as wrong:
        raise Problem(str(wrong), then="./inv book.new disk-full") from None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as wrong:
        raise Problem(f"{path} cannot be written: {wrong.strerror}.", then="take another id or --folder") from None
    print(path)
    print(f"  next    ./inv book.lint {id} && ./inv book.test {id}")


@task(
    name="import",
    positional=["file"],
    help={"file": "the guide, in Markdown", "out": "the folder that the drafts are written into", "json": JSON},
)
def import_guide(_: Context, file: str, out: str = "drafts", json: bool = False) -> None:
    """Turn a Markdown guide into draft runbooks that load, with what was guessed and what lint says of them."""
    from console.terminal.import_guide import import_into

    import_into(file, out, as_json=json)


def pair(entry: str) -> tuple[str, str]:
    """`name=value`. Raises Problem."""
    name, equals, value = entry.partition("=")
    if not equals:
        raise Problem(f"--set takes name=value, not {entry!r}.", then=f"--set {entry}=VALUE")
    return name, value
