"""The pages that say what can be typed: the list, the help of all, the help of one; it reads no runbook."""

from __future__ import annotations

import inspect
import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from invoke.collection import Collection
from invoke.parser.context import ParserContext
from invoke.tasks import Task

from console.terminal.books import BookTask, run_flags
from console.terminal.command_line import context_of
from console.terminal.index import Shelved
from console.terminal.problem import Problem
from console.terminal.view.paint import fit

Row = tuple[str, str]
INDENT = "  "
WIDEST_NAME = 26
_BEFORE_LAST_CLAUSE = re.compile(r"(.+)[;:.] ")


def list_page(tasks: Collection, family: str, books: Sequence[Shelved]) -> str:
    """Every runbook by folder and every task by family, or one folder or family alone. Raises Problem."""
    by_family = {**_runbooks(books), **_families(tasks)}
    if family and family not in by_family:
        raise Problem(f"There is no family {family!r}.", then=f"one of: {', '.join(by_family)}")
    shown = {family: by_family[family]} if family else by_family
    width = min(WIDEST_NAME, max((len(name) for rows in shown.values() for name, _ in rows), default=0))
    room = _columns() - width - len(INDENT) - 2
    blocks = [
        f"{title}\n{_table(((name, _clause(about, room)) for name, about in rows), width)}"
        for title, rows in shown.items()
    ]
    return "\n\n".join([*blocks, "Help on one: ./inv NAME --help"])


def help_page(tasks: Collection, books: Sequence[Shelved]) -> str:
    """What inv is and what it can do."""
    usage = "Usage: ./inv RUNBOOK --hosts HOSTS [--flags]\n       ./inv TASK [--flags]"
    return "\n\n".join(
        ["Runbooks that run; incident records that write themselves.", usage, list_page(tasks, "", books)]
    )


def task_page(name: str, task: Task[Any]) -> str:
    """How to call one task."""
    context = context_of(name, task)
    places = [
        f"[{arg.names[0].upper()}{'…' if arg.kind is list else ''}]"
        if arg.default is not None
        else arg.names[0].upper()
        for arg in context.positional_args
    ]
    hosts = ["--hosts HOSTS"] if isinstance(task, BookTask) else []
    usage = " ".join(["Usage: ./inv", name, *places, *hosts, *(["[--flags]"] if context.flags else [])])
    common = {argument.names[0] for argument in run_flags()} if isinstance(task, BookTask) else set()
    own = [_flag_row(context, flag) for flag in context.flags if flag.lstrip("-") not in common]
    shared = [_flag_row(context, flag) for flag in context.flags if flag.lstrip("-") in common]
    told = (inspect.getdoc(task) or "").split("\n\n")
    blocks = [usage, *(textwrap.fill(paragraph, _columns()) for paragraph in told)]
    if isinstance(task, BookTask):
        blocks.append(_facts(task.book))
    if own:
        blocks.append(f"{'Params' if shared else 'Flags'}\n{_table(own)}")
    if shared:
        blocks.append(f"Flags of every runbook\n{_table(shared)}")
    return "\n\n".join(block for block in blocks if block)


def _facts(book: Shelved) -> str:
    rows = [
        ("kind", f"{book.kind}, {book.severity}" if book.kind == "incident" else book.kind),
        ("owner", book.owner),
        ("hosts", f"{book.hosts}, unless --hosts says otherwise" if book.hosts else "say which: --hosts"),
        ("file", book.path),
    ]
    return _table([row for row in rows if row[1]])


def _flag_row(context: ParserContext, flag: str) -> Row:
    argument = context.flags[flag]
    inverse = next((no for no, of in context.inverse_flags.items() if of == flag), "")
    return (inverse or flag) + (" …" if argument.takes_value else ""), argument.help or ""


def _runbooks(books: Sequence[Shelved]) -> dict[str, list[Row]]:
    families: dict[str, list[Row]] = {}
    for book in books:
        about = f"cannot be used: {book.fault}" if book.fault else book.title
        mark = "! " if book.fault else f"{book.severity} " if book.kind == "incident" else ""
        families.setdefault(f"runbooks/{book.family}", []).append((book.id, mark + about))
    return families


def _families(tasks: Collection) -> dict[str, list[Row]]:
    families: dict[str, list[Row]] = {"tasks": []}
    for name in tasks.task_names:
        task = tasks[name]
        if isinstance(task, BookTask):
            continue
        family = name.rpartition(".")[0] or "tasks"
        families.setdefault(family, []).append((name, _first_line(task)))
    return {family: sorted(rows) for family, rows in families.items() if rows}


def _first_line(task: Task[Any]) -> str:
    lines = (inspect.getdoc(task) or "").splitlines()
    return lines[0] if lines else ""


def _clause(text: str, room: int) -> str:
    """As many whole clauses of a sentence as one line of a list has room for; the help page has all of it."""
    while len(text) > room and (shorter := _BEFORE_LAST_CLAUSE.match(text)):
        text = shorter[1]
    return fit(text.rstrip("."), room)


def _columns() -> int:
    return max(40, shutil.get_terminal_size().columns - 1)


def _table(rows: Iterable[Row], width: int = 0) -> str:
    """Names and what they mean, at most as wide as the terminal; a name too long for its column has its own line."""
    rows = list(rows)
    width = width or min(WIDEST_NAME, max((len(name) for name, _ in rows), default=0))
    columns = _columns()
    hang = " " * (len(INDENT) + width + 2)
    lines = []
    for name, about in rows:
        head = f"{INDENT}{name:{width}}  "
        if len(name) > width:
            lines.append(f"{INDENT}{name}")
            head = hang
        lines.append(
            textwrap.fill(about, columns, initial_indent=head, subsequent_indent=hang).rstrip() or head.rstrip()
        )
    return "\n".join(lines)
