"""Makes the first event of a run: reads the books and the inventory once, checks everything, binds it by a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from engine.inventory.host import Host
from engine.inventory.inventory import Inventory
from engine.language.book import Book
from engine.language.library import Library
from engine.language.load import Loaded
from engine.plan.layout import lay_out
from engine.plan.params import unknown_params
from engine.plan.refusal import PlanRefused
from engine.plan.stage import CONTROLLER
from engine.primitives.project import PROJECT
from engine.primitives.values import Value
from engine.words.task import TASKS, Task, tasks_file
from engine.words.upload import Upload, locate, planned_file, sha256_of
from incidents.chain import canonical
from incidents.event import Json
from incidents.vocabulary.run import RunPlanned


def prepare(
    loaded: Loaded,
    library: Library,
    inventory: Inventory,
    *,
    hosts: str,
    given: Mapping[str, Value],
    run: str,
    incident: str,
    drill: bool = False,
) -> RunPlanned:
    """The RunPlanned of a new run. `hosts` is what was asked (`web`, `a,b`), or empty for the book's own choice.

    Raises PlanRefused, InventoryError or BookFaults.
    """
    book = loaded.book
    if strangers := unknown_params(book, given):
        takes = ", ".join(book.params) or "none"
        raise PlanRefused([f"{book.id} takes no param {name}; it takes {takes}" for name in strangers])
    chosen = _chosen(book, inventory, hosts)
    used = library.uses(loaded)
    books = [loaded, *used.values()]
    planned = RunPlanned(
        run=run,
        incident=incident,
        book=loaded.document,
        uses={name: other.document for name, other in used.items()},
        hosts=[host.name for host in chosen],
        inventory={host.name: host.to_json() for host in _mentioned(books, inventory, chosen)},
        params=dict(given),
        secrets={
            f"{other.book.id}.{name}": secret.from_ for other in books for name, secret in other.book.secrets.items()
        },
        files=_files(books),
        digest="",
        drill=drill,
        family=loaded.path.parent.name,
    )
    lay_out(planned)
    return _bound(planned)


def _bound(planned: RunPlanned) -> RunPlanned:
    covered: dict[str, Json] = {
        "book": planned.book,
        "uses": planned.uses,
        "hosts": list(planned.hosts),
        "inventory": planned.inventory,
        "params": planned.params,
        "secrets": dict(planned.secrets),
        "files": dict(planned.files),
    }
    digest = hashlib.sha256(canonical(covered)).hexdigest()
    return RunPlanned(**{name: getattr(planned, name) for name in RunPlanned.__slots__} | {"digest": digest})


def _chosen(book: Book, inventory: Inventory, hosts: str) -> tuple[Host, ...]:
    wanted = hosts or (book.hosts.text if book.hosts is not None else "")
    if not wanted:
        raise PlanRefused([f"{book.id} names no hosts of its own"], f"./inv {book.id} --hosts local")
    return inventory.choose(wanted)


def _mentioned(books: list[Loaded], inventory: Inventory, chosen: tuple[Host, ...]) -> list[Host]:
    hosts = {host.name: host for host in chosen}
    for loaded in books:
        for step in loaded.book.all_steps:
            for text in (step.hosts, None if step.delegate == CONTROLLER else step.delegate):
                if text:
                    hosts.update((host.name, host) for host in inventory.choose(text))
    for host in list(hosts.values()):
        hosts.update((hop.name, hop) for hop in inventory.way_to(host))
    return list(hosts.values())


def _files(books: list[Loaded]) -> dict[str, str]:
    """Uploads and task code by hash, so that an approval binds to their bytes too."""
    found: dict[str, str] = {}
    uploads = [(loaded, step.id, step.word) for loaded in books for step in loaded.book.all_steps]
    for loaded, step, word in uploads:
        if isinstance(word, Upload):
            try:
                path = locate(word.from_, (loaded.path.parent, PROJECT))
                found[str(path)] = sha256_of(path)
                planned_file(word.from_, found)
            except (ValueError, OSError) as wrong:
                raise PlanRefused([f"step {step} of {loaded.book.id} uploads a file: {wrong}"]) from wrong
        if isinstance(word, Task):
            path = tasks_file()
            try:
                found[str(path)] = sha256_of(path)
            except OSError as wrong:
                problem = f"step {step} of {loaded.book.id} runs a task of {path}: {wrong.strerror}"
                raise PlanRefused([problem], f"set {TASKS} to the tasks file") from wrong
    return found
