"""`inv dev.docs`: the reference pages, written from the code; it knows no page."""

from __future__ import annotations

from invoke.context import Context

from console.terminal.exits import Exits
from console.terminal.problem import Problem
from console.terminal.task import task


@task(help={"check": "write nothing; fail when a page is not what the code says"})
def docs(_: Context, check: bool = False) -> None:
    """Write the reference pages that the code can write."""
    from console.settings import ROOT
    from console.terminal.reference import pages
    from console.terminal.tasks import namespace

    stale = []
    for path, text in pages(namespace()).items():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.relative_to(ROOT))
        if not check:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(ROOT))
    if check and stale:
        raise Problem("Pages are stale.", why=[str(path) for path in stale], then="./inv dev.docs", exits=Exits.FAILED)
