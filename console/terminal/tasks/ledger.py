"""`inv ledger.*`: the care of the record itself: check it, copy it, bring a copy back, let old records go."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from invoke.context import Context

from console.terminal.exits import Exits
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.stdout import say_json
from console.terminal.task import task

JSON = "one JSON object per line, for scripts"


@task(help={"json": JSON})
def check(_: Context, json: bool = False) -> Outcome:
    """Check the whole ledger: its file, every chain, every output, every link."""
    with Session() as session:
        from console.terminal.ledger_pages import flaw_json, flaws_page
        from incidents.ledger import copies
        from incidents.upkeep import check as check_all

        flaws = list(check_all(session.ledger))
        copies.check_copy(session.settings.home / copies.NAME)
        if json:
            for flaw in flaws:
                say_json(flaw_json(flaw))
        else:
            print(flaws_page(flaws))
        return Outcome("flawed", Exits.FAILED) if flaws else Outcome("whole")


@task(help={"out": "the file to write (default: in the ledger's folder, under backups/)", "json": JSON})
def backup(_: Context, out: str = "", json: bool = False) -> Outcome:
    """Copy the ledger while it is in use; the copy is read through before this says that it is there."""
    with Session() as session:
        from incidents.ledger import copies

        path = copies.backup(session.settings.home, Path(out).absolute() if out else None)
        if json:
            say_json({"schema": "watchbook/backup/1", "path": str(path)})
        else:
            print(path)
            print(f"  next    ./inv ledger.restore {path} --trial")
        return Outcome("copied")


@task(
    positional=["file"],
    help={
        "file": "the backup",
        "trial": "only try it, in a folder of its own: nothing is replaced",
        "yes": "do it; without this it is only tried",
        "json": JSON,
    },
)
def restore(_: Context, file: str, trial: bool = False, yes: bool = False, json: bool = False) -> Outcome:
    """Try a backup, and with --yes put it in the place of the ledger, which is kept beside it."""
    with Session() as session:
        from console.terminal.ledger_pages import trial_json, trial_page
        from incidents.ledger import copies
        from incidents.upkeep import try_restore

        path = Path(file).absolute()
        if not path.is_file():
            raise Problem(f"There is no backup at {path}.", then=f"ls {session.settings.home / 'backups'}")
        tried = try_restore(path)
        if json:
            say_json(trial_json(tried))
        else:
            print(trial_page(tried))
        if tried.flaws:
            return Outcome("flawed", Exits.FAILED)
        if trial or not yes:
            if not json:
                print(f"  next    ./inv ledger.restore {path} --yes")
            return Outcome("tried")
        aside = copies.replace(path, session.settings.home)
        if not json:
            print(f"restored; what was there is now {aside}" if aside else "restored")
        return Outcome("restored")


@task(
    iterable=["keep"],
    help={
        "keep": "a kind and its days: incident=730, maintenance, check or drill (again for more)",
        "yes": "do it; without this it only says what would go",
        "json": JSON,
    },
)
def prune(_: Context, keep: list[str], yes: bool = False, json: bool = False) -> Outcome:
    """Let records go whose time is over; says what would go, and does it with --yes. Security records are kept."""
    with Session() as session:
        from console.terminal.ledger_pages import prunable_json, prunable_page
        from incidents import upkeep
        from incidents.event import now

        found = list(upkeep.prunable(session.ledger, now(), {**upkeep.RETENTION, **_days(keep)}))
        if json:
            for record in found:
                say_json(prunable_json(record))
        else:
            print(prunable_page(found))
        if not yes or not found:
            if found and not json:
                print("  next    ./inv ledger.backup, then the same with --yes")
            return Outcome("looked")
        for record in found:
            upkeep.prune(session.ledger, session.actor, record)
        if not json:
            print(f"{len(found)} removed; a record says of each what it was and where its chain ended")
        return Outcome("pruned")


def _days(entries: list[str]) -> dict[str, timedelta]:
    from incidents.upkeep import RETENTION

    found: dict[str, timedelta] = {}
    for entry in entries:
        kind, _, days = entry.partition("=")
        if kind not in RETENTION or not days.isdecimal() or not 0 < int(days) < 100_000:
            raise Problem(f"--keep takes KIND=DAYS, not {entry!r}.", then=f"kinds: {', '.join(RETENTION)}")
        found[kind] = timedelta(days=int(days))
    return found
