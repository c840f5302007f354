"""Puts every error of the rooms below into words for a person; what nobody foresaw goes to a log file."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from console.settings import settings
from console.terminal.exits import Exits
from console.terminal.problem import Problem
from incidents.event import now


def explain(error: BaseException) -> Problem:
    """The problem that an error is."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, KeyboardInterrupt):
        return Problem("Interrupted.", exits=Exits.INTERRUPTED)
    try:
        return _foreseen(error) or _unforeseen(error)
    except Exception:  # noqa: BLE001 - explaining must not be what fails
        return _unforeseen(error)


def _foreseen(error: BaseException) -> Problem | None:
    # Imported only when something is wrong: these rooms are heavy.
    from engine.drive.refused import Refused
    from engine.inventory.load import InventoryError
    from engine.plan.refusal import PlanRefused
    from engine.primitives.faults import BookFaults
    from engine.secrets import SecretError
    from incidents.desk import InvalidRequest, Refusal
    from incidents.ledger.protocol import Fenced, Held, LedgerError, LedgerFull

    match error:
        case PlanRefused():
            return Problem("The run cannot be planned.", why=error.problems, then=error.hint)
        case BookFaults():
            return _book_faults(error)
        case InventoryError() | SecretError():
            return Problem(str(error), then=error.hint)
        case Refusal():
            return Problem(str(error), then=error.hint, exits=Exits.REFUSED)
        case InvalidRequest():
            return Problem(str(error), then=error.hint)
        case Refused():
            return Problem(_sentence(error), then=error.hint, exits=Exits.REFUSED)
        case Held():
            return Problem(_sentence(error), where=error.owner, then=error.hint, exits=Exits.REFUSED)
        case Fenced() | LedgerFull():
            return Problem(_sentence(error), then=error.hint, exits=Exits.FAILED)
        case LedgerError():
            return Problem(_sentence(error), where=str(settings().home), then=error.hint, exits=Exits.FAILED)
        case _:
            return None


def _book_faults(error: object) -> Problem:
    from engine.primitives.faults import BookFaults

    assert isinstance(error, BookFaults)
    path = error.faults[0].path
    told: Sequence[str] = [str(fault) + (f"; {fault.hint}" if fault.hint else "") for fault in error.faults]
    return Problem("The runbook cannot be used.", where=path, why=told, then=f"./inv book.lint {path}")


def _sentence(error: BaseException) -> str:
    text = str(error)
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _unforeseen(error: BaseException) -> Problem:
    short = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    log = settings().home / "log" / "errors.log"
    try:
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(f"--- {now().isoformat(timespec='seconds')}\n{''.join(traceback.format_exception(error))}\n")
    except OSError as also:
        return Problem(
            f"Watchbook itself broke here: {short}", why=f"and no log could be written: {also}", exits=Exits.FAILED
        )
    return Problem(
        f"Watchbook itself broke here: {short}",
        why="This is our fault, not yours; please report it.",
        then=f"the whole story: {log}",
        exits=Exits.FAILED,
    )
