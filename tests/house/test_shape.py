"""The shape of a file: one sentence that says what it is, one idea, a length a person can read."""

import ast
import re
from pathlib import Path

from tests.house.conftest import MakeTree
from tests.house.tree import ROOT, Broken, files, in_order, modules

LONGEST, SHORTEST = 300, 30


def opens_with_one_sentence(root: Path) -> Broken:
    """The first paragraph of a module's docstring is one sentence. More paragraphs may say why."""
    broken = []
    for name, _, tree in modules(root):
        opening = (ast.get_docstring(tree) or "").partition("\n\n")[0].replace("\n", " ")
        if not re.fullmatch(r"(?:(?![.!?]\s+[A-Z]).)+[.!?]", opening):
            broken.append(f"{name}: opens with {opening!r}, which is not one sentence")
    return broken


def has_a_length_to_read(root: Path) -> Broken:
    """At most 300 lines, unless the first line says why (`long because …`).

    Below 30 a module defines something of its own: one that only passes names on is a detour, except `__init__.py`.
    """
    broken = []
    for path in [*files(root, "*.py"), *files(root, "inv")]:
        name, lines = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LONGEST and "long because" not in lines[0]:
            broken.append(f"{name}: {len(lines)} lines, and the first does not say `long because …`")
        if path.suffix == ".py" and path.name != "__init__.py" and len(lines) < SHORTEST:
            body = ast.parse("\n".join(lines)).body
            if all(isinstance(node, ast.Expr | ast.Import | ast.ImportFrom) for node in body):
                broken.append(f"{name}: defines nothing of its own")
    return broken


def test_every_module_opens_with_one_sentence() -> None:
    assert in_order(opens_with_one_sentence(ROOT))


def test_a_missing_or_long_opening_is_seen(tree: MakeTree) -> None:
    root = tree(
        {
            "engine/good.py": '"""What it is, e.g. 1.5 of it; what it must not know."""\n',
            "engine/reasoned.py": '"""What it\nis.\n\nWhy. And why not.\n"""\n',
            "engine/none.py": "x = 1\n",
            "engine/two.py": '"""What it is. What it must not know."""\n',
            "engine/open.py": '"""What it is"""\n',
        }
    )
    assert [line.partition(":")[0] for line in opens_with_one_sentence(root)] == [
        "engine/none.py",
        "engine/open.py",
        "engine/two.py",
    ]


def test_every_file_has_a_length_to_read() -> None:
    assert in_order(has_a_length_to_read(ROOT))


def test_a_file_too_long_or_too_empty_is_seen(tree: MakeTree) -> None:
    body = "x = 1\n" * LONGEST
    root = tree(
        {
            "inv": "#!/bin/sh\n" + ":\n" * LONGEST,
            "engine/__init__.py": "",
            "engine/long.py": '"""What it is."""\n' + body,
            "engine/reasoned.py": '"""What it is; long because it is a table."""\n' + body,
            "engine/detour.py": '"""What it is."""\n\nfrom engine.long import x\n',
            "engine/tiny.py": '"""What it is."""\n\nx = 1\n',
        }
    )
    assert has_a_length_to_read(root) == [
        "engine/detour.py: defines nothing of its own",
        f"engine/long.py: {LONGEST + 1} lines, and the first does not say `long because …`",
        f"inv: {LONGEST + 1} lines, and the first does not say `long because …`",
    ]
