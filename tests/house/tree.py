"""The files of a checkout as the house rules see them, so that a rule can be tried on a made-up one; it judges none."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "console", "engine", "incidents")

Broken = list[str]
"""What a rule found: one line a fault, which names the place first. An empty list is a house in order."""


def files(root: Path, pattern: str = "*") -> Iterator[Path]:
    """Every file of ours, in order: no environments, no caches, no state."""
    for folder, names, here in os.walk(root):
        names[:] = sorted(name for name in names if name not in ("var", "__pycache__") and not _hidden(name))
        yield from (path for name in sorted(here) if (path := Path(folder, name)).match(pattern))


def _hidden(name: str) -> bool:
    return name.startswith(".") and name != ".ci"


def modules(root: Path, *rooms: str) -> Iterator[tuple[str, Path, ast.Module]]:
    """The Python files of these rooms (all files, when none is named): name from the root, path, syntax tree."""
    for path in files(root, "*.py"):
        name = path.relative_to(root).as_posix()
        if not rooms or name.startswith(tuple(f"{room}/" for room in rooms)):
            yield name, path, _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, changed: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every module that is imported anywhere in it, with the line; a relative one begins with dots."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def constants(tree: ast.Module) -> Iterator[str]:
    """Every string that stands in the code as a whole, docstrings among them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def in_order(broken: Broken) -> bool:
    """For a test to assert: names every fault, where a comparison of lists would cut them short."""
    if broken:
        raise AssertionError("\n".join(["the house is not in order:", *broken]))
    return True
