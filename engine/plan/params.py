"""The value of every param on every host: a given one wins over the host's var, that over the default."""

from __future__ import annotations

from collections.abc import Mapping

from engine.inventory.host import Host
from engine.language.book import Book
from engine.primitives.values import Value


def values_on(book: Book, host: Host | None, given: Mapping[str, Value], problems: list[str]) -> dict[str, Value]:
    """The params of a book on one host; what is missing or ill-formed is added to `problems`, once each."""
    values: dict[str, Value] = {}
    own = host.vars if host is not None else {}
    for name, param in book.params.items():
        source, value = _first(name, host, given, own, param.default)
        if value is None:
            if param.required:
                _add(problems, f"{book.id} needs a value for {name}: --{name.replace('_', '-')} {param.help}".rstrip())
            continue
        try:
            values[name] = param.accept(value)
        except ValueError as error:
            _add(problems, f"{source} for {name}: {error}")
    return values


def unknown_params(book: Book, given: Mapping[str, Value]) -> list[str]:
    """Given names the book does not take."""
    return [name for name in given if name not in book.params]


def _first(
    name: str, host: Host | None, given: Mapping[str, Value], own: Mapping[str, Value], default: Value | None
) -> tuple[str, Value | None]:
    if name in given:
        return "the value given", given[name]
    if name in own and host is not None:
        return f"the var of host {host.name}", own[name]
    return "the default", default


def _add(problems: list[str], problem: str) -> None:
    if problem not in problems:
        problems.append(problem)
