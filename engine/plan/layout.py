"""Lays a recorded plan out: chapters, stages and the values each host has, from RunPlanned alone."""

from __future__ import annotations

from collections.abc import Mapping

from engine.inventory.host import Host
from engine.inventory.inventory import Inventory
from engine.language.book import Book
from engine.language.load import parse
from engine.language.step import Step
from engine.plan.params import values_on
from engine.plan.refusal import PlanRefused
from engine.plan.stage import CONTROLLER, Chapter, Guard, Plan, Section, Stage
from engine.primitives.scope import Scope
from engine.primitives.values import Value
from engine.words.use import Use
from incidents.vocabulary.run import RunPlanned

Given = Mapping[str, Mapping[str, Value]]
"""Param values by host."""


def lay_out(planned: RunPlanned) -> Plan:
    """The plan of a recorded run. Raises PlanRefused when params or hosts do not fit, all problems at once."""
    inventory = Inventory(Host.from_json(entry) for entry in planned.inventory.values() if isinstance(entry, dict))
    books = {name: parse(document) for name, document in planned.uses.items() if isinstance(document, dict)}
    book = parse(planned.book)
    given = {name: value for name, value in planned.params.items() if isinstance(value, str | int | float | bool)}
    layout = _Layout(inventory, tuple(planned.hosts), books)
    stages = layout.chapter(book, "", dict.fromkeys(inventory.names, given), (), "main", tuple(planned.hosts))
    if layout.problems:
        raise PlanRefused(layout.problems, f"./inv {book.id} --help")
    ordered = sorted(stages, key=lambda stage: stage.section == "finally")
    return Plan(
        planned.run, planned.incident, book.title, tuple(ordered), tuple(planned.hosts), planned.digest, planned.files
    )


class _Layout:
    """One pass over a book and the books it uses."""

    def __init__(self, inventory: Inventory, hosts: tuple[str, ...], books: Mapping[str, Book]) -> None:
        self.inventory, self.hosts, self.books = inventory, hosts, books
        self.problems: list[str] = []

    def chapter(
        self, book: Book, prefix: str, given: Given, guards: tuple[Guard, ...], section: Section, hosts: tuple[str, ...]
    ) -> list[Stage]:
        """The stages of one runbook, those of the runbooks it uses in their places."""
        named = [name for step in book.all_steps for name in self._hosts(step, ())]
        params = {
            name: values_on(book, self.inventory[name], given.get(name, {}), self.problems)
            for name in dict.fromkeys((*hosts, *named))
        }
        params[""] = params[hosts[0]]
        references = {name: secret.from_ for name, secret in book.secrets.items()}
        chapter = Chapter(prefix, book, params, references)
        sections: tuple[tuple[Section, list[Step]], ...] = ((section, book.steps), ("finally", book.finally_))
        return [
            stage
            for where, steps in sections
            for step in steps
            for stage in self._stages(chapter, step, guards, where, hosts)
        ]

    def _stages(
        self, chapter: Chapter, step: Step, guards: tuple[Guard, ...], section: Section, hosts: tuple[str, ...]
    ) -> list[Stage]:
        path = f"{chapter.prefix}{step.id}"
        if step.when is not None:
            guards = (*guards, Guard(chapter, step.when))
        hosts = self._hosts(step, hosts)
        if isinstance(step.word, Use):
            return self._used(chapter, step.word, path, guards, section, hosts)
        if step.word.once and step.per != "host":
            hosts = ("",)
        elif step.once:
            hosts = hosts[:1]
        acts_on = self._delegated(step, hosts)
        return [Stage(path, step, section, chapter, guards, hosts, acts_on)]

    def _used(
        self, outer: Chapter, use: Use, path: str, guards: tuple[Guard, ...], section: Section, hosts: tuple[str, ...]
    ) -> list[Stage]:
        given: dict[str, dict[str, Value]] = {}
        for host in hosts:
            scope = Scope(outer.params.get(host, {}))
            try:
                given[host] = {name: value.render(scope) for name, value in use.with_.items()}
            except ValueError as error:
                self.problems.append(f"step {path}: {error}")
        return self.chapter(self.books[use.book], f"{path}/", given, guards, section, hosts)

    def _hosts(self, step: Step, hosts: tuple[str, ...]) -> tuple[str, ...]:
        if step.hosts is None:
            return hosts
        return tuple(host.name for host in self.inventory.choose(step.hosts))

    def _delegated(self, step: Step, hosts: tuple[str, ...]) -> Mapping[str, str]:
        if step.delegate is None:
            return {}
        target = CONTROLLER
        if step.delegate != CONTROLLER:
            target = self.inventory.choose(step.delegate)[0].name
        return dict.fromkeys(hosts, target)
