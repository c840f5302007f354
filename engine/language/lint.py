"""Runs the rules over a book and leaves out what its author allowed with a reason; knows no single rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from engine.language import rules
from engine.language.load import Loaded, load
from engine.language.rules.rule import RULES, Finding
from engine.primitives.faults import BookFaults, Fault, did_you_mean, quoted
from engine.primitives.yaml_tree import Keys, Node

ALLOW = "x-lint-allow"
"""`x-lint-allow: {no-verify: the reason}` at a step, or at the top for the whole book."""

__all__ = ["ALLOW", "RULES", "lint", "lint_file", "rules"]


def lint_file(path: Path, today: date) -> list[Fault]:
    """What is wrong with a file: its faults when it does not load, else its findings."""
    try:
        return lint(load(path), today)
    except BookFaults as error:
        return list(error.faults)


def lint(loaded: Loaded, today: date) -> list[Fault]:
    """The findings of every rule, by line, as warnings."""
    found = [_fault(loaded, "lint-allow", finding, hint) for finding, hint in _bad_permits(loaded)]
    for rule in RULES.values():
        for finding in rule.find(loaded, today):
            if not _allowed(loaded.source.root, finding.path, rule.id):
                found.append(_fault(loaded, rule.id, finding, rule.fix))
    return sorted(set(found))


def _fault(loaded: Loaded, code: str, finding: Finding, hint: str) -> Fault:
    source = loaded.source
    node, span = source.nearest(finding.path)
    if finding.column is not None:
        span = source.within(node, finding.column, finding.width)
    elif not finding.on_key and node.inside is None and node.span.line == node.span.end_line:
        span = node.span
    docs = RULES[code].docs if code in RULES else ""
    return replace(source.fault(code, finding.message, span, hint, "warning"), docs=docs)


def _allowed(root: Node, path: Keys, rule: str) -> bool:
    """Whether a mapping around the place allows the rule, with a reason."""
    return any(rule in _permits(node) for node in _around(root, path))


def _around(node: Node, path: Keys) -> Iterator[Node]:
    yield node
    for part in path:
        node = node.child(part) or node
        yield node


def _permits(node: Node) -> dict[str, str]:
    """Rule to reason, where there is a reason."""
    permit = node.inside.get(ALLOW) if isinstance(node.inside, dict) else None
    given = permit.plain() if permit is not None else None
    if not isinstance(given, dict):
        return {}
    return {rule: reason for rule, reason in given.items() if isinstance(reason, str) and reason.strip()}


def _bad_permits(loaded: Loaded) -> Iterator[tuple[Finding, str]]:
    waiting: list[tuple[Keys, Node]] = [((), loaded.source.root)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node.inside, list):
            waiting += (((*path, index), inner) for index, inner in enumerate(node.inside))
        elif isinstance(node.inside, dict):
            waiting += (((*path, key), inner) for key, inner in node.inside.items())
            if ALLOW in node.inside:
                yield from _bad_permit((*path, ALLOW), node.inside[ALLOW], _permits(node))


def _bad_permit(path: Keys, permit: Node, good: dict[str, str]) -> Iterator[tuple[Finding, str]]:
    shape = "write {RULE: the reason}"
    if not isinstance(permit.inside, dict):
        yield Finding(path, f"{ALLOW} names rules and reasons"), shape
        return
    for name in permit.inside:
        if name not in RULES:
            yield Finding((*path, name), f"no rule is called {quoted(name)}", on_key=True), did_you_mean(name, RULES)
        elif name not in good:
            yield Finding((*path, name), f"{name} is allowed without a reason", on_key=True), shape
