"""Lints and tests runbooks, and says what came of it; what is wrong is the language's to know."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from console.terminal.book_pages import chosen
from console.terminal.session import Session
from console.terminal.stdout import say_json
from engine.language.lint import RULES, lint_file
from engine.language.load import Loaded, load
from engine.primitives.fault_formats import as_json, github, human, sarif
from engine.primitives.faults import BookFaults, Fault
from engine.rehearse import rehearse


def lint_books(session: Session, typed: Sequence[str], form: str) -> bool:
    """Prints every finding on stdout; True when there is none."""
    paths = list(chosen(session, typed))
    today = datetime.now(UTC).date()
    faults = [fault for path in paths for fault in lint_file(path, today)]
    faults += [fault for fault in session.library.duplicates() if not typed]
    if form == "sarif":
        print(sarif(faults, {rule.id: rule.explains for rule in RULES.values()}))
    else:
        say = {"human": human, "json": as_json, "github": github}[form]
        for fault in faults:
            print(say(fault))
    found = "nothing found" if not faults else f"{len(faults)} found"
    print(f"{_count(len(paths), 'runbook')} looked at, {found}.", file=sys.stderr)
    return not faults


def test_books(session: Session, typed: Sequence[str], *, as_json: bool) -> bool:
    """Rehearses every test of every runbook; True when all pass. One that does not load does not pass."""
    passed = failed = 0
    for path in chosen(session, typed):
        try:
            loaded = load(path)
            session.library.uses(loaded)
        except BookFaults as error:
            failed += 1
            _tell_faults(error.faults, as_json=as_json)
            continue
        good, bad = _test(session, loaded, as_json=as_json)
        passed, failed = passed + good, failed + bad
    print(f"{_count(passed, 'test')} passed, {failed} failed.", file=sys.stderr)
    return failed == 0


def _test(session: Session, loaded: Loaded, *, as_json: bool) -> tuple[int, int]:
    results = rehearse(loaded, session.library)
    for result in results:
        if as_json:
            line = {"book": loaded.book.id, "test": result.name, "passed": result.passed, "problems": result.problems}
            say_json({"schema": "watchbook/test/1", **line})
            continue
        print(f"{'ok' if result.passed else 'FAILED':6} {loaded.book.id}: {result.name}")
        for problem in result.problems:
            print(f"         {problem}")
    good = sum(result.passed for result in results)
    return good, len(results) - good


def _tell_faults(faults: Sequence[Fault], *, as_json: bool) -> None:
    for fault in faults:
        if as_json:
            say_json(
                {
                    "schema": "watchbook/test/1",
                    "book": fault.path,
                    "test": None,
                    "passed": False,
                    "problems": [str(fault)],
                }
            )
        else:
            print(human(fault))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
