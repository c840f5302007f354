"""What may stand only in one place, or nowhere, whatever the imports allow."""

import ast
from pathlib import Path

from tests.house.conftest import MakeTree
from tests.house.tree import ROOMS, ROOT, Broken, files, imports, in_order, modules

FRONT_DOOR_LINES = 80
FLASK_ROOMS = ("app/", "console/web/")
SECRET_TYPE = "incidents/secret.py"


def front_door_is_thin(root: Path) -> Broken:
    """`tasks.py` mounts what the console offers, and imports nothing below it."""
    broken = []
    for name, path, tree in modules(root):
        if name != "tasks.py":
            continue
        for line, module in imports(tree):
            if module.partition(".")[0] not in ("console", "invoke", "__future__"):
                broken.append(f"{name}:{line}: imports {module}; it may know console and invoke")
        if len(path.read_text(encoding="utf-8").splitlines()) > FRONT_DOOR_LINES:
            broken.append(f"{name}: is longer than {FRONT_DOOR_LINES} lines")
    return broken


def runbooks_hold_no_python(root: Path) -> Broken:
    """Who may write a runbook may not thereby run Python on the console's machine."""
    return [f"{path.relative_to(root)}: is Python" for path in files(root / "runbooks", "*.py*")]


def secrets_are_revealed_once(root: Path) -> Broken:
    """One module, the one that writes to a host's stdin, turns a `Secret` into text."""
    places = {
        name: node.lineno
        for name, _, tree in modules(root, *ROOMS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "reveal" and name != SECRET_TYPE
    }
    return (
        [f"{name}:{line}: reveals a secret, as others do" for name, line in places.items()] if len(places) > 1 else []
    )


def host_keys_are_never_waved_through(root: Path) -> Broken:
    """paramiko's AutoAddPolicy and WarningPolicy accept whoever answers."""
    refused = {"AutoAddPolicy", "WarningPolicy"}
    return [
        f"{name}:{node.lineno}: uses {', '.join(refused & _named(node))}"
        for name, _, tree in modules(root)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.Attribute | ast.ImportFrom) and refused & _named(node)
    ]


def _named(node: ast.Name | ast.Attribute | ast.ImportFrom) -> set[str]:
    match node:
        case ast.Name():
            return {node.id}
        case ast.Attribute():
            return {node.attr}
        case ast.ImportFrom():
            return {alias.name for alias in node.names}


def flask_stays_at_the_edges(root: Path) -> Broken:
    """Flask serves pages and the operated backend; nothing that runs or remembers depends on it."""
    return [
        f"{name}:{line}: imports {module}"
        for name, _, tree in modules(root, "console", "engine", "incidents")
        for line, module in imports(tree)
        if module.partition(".")[0].startswith("flask") and not name.startswith(FLASK_ROOMS)
    ]


def test_the_front_door_is_thin() -> None:
    assert in_order(front_door_is_thin(ROOT))


def test_a_front_door_that_knows_too_much_is_seen(tree: MakeTree) -> None:
    root = tree({"tasks.py": "import invoke\nfrom console.x import y\nfrom engine import z\nimport os\n" + "\n" * 80})
    assert front_door_is_thin(root) == [
        "tasks.py:3: imports engine; it may know console and invoke",
        "tasks.py:4: imports os; it may know console and invoke",
        "tasks.py: is longer than 80 lines",
    ]


def test_runbooks_hold_no_python() -> None:
    assert in_order(runbooks_hold_no_python(ROOT))


def test_python_in_runbooks_is_seen(tree: MakeTree) -> None:
    root = tree({"runbooks/emergency/help.py": "", "runbooks/emergency/down.yaml": ""})
    assert runbooks_hold_no_python(root) == ["runbooks/emergency/help.py: is Python"]


def test_secrets_are_revealed_once() -> None:
    assert in_order(secrets_are_revealed_once(ROOT))


def test_a_second_place_that_reveals_is_seen(tree: MakeTree) -> None:
    root = tree({SECRET_TYPE: "class Secret:\n    def reveal(self): ...\n", "engine/edge.py": "s.reveal()\n"})
    assert secrets_are_revealed_once(root) == []
    tree({"console/show.py": "\nshow = s.reveal\n"})
    assert secrets_are_revealed_once(root) == [
        "console/show.py:2: reveals a secret, as others do",
        "engine/edge.py:1: reveals a secret, as others do",
    ]


def test_host_keys_are_never_waved_through() -> None:
    assert in_order(host_keys_are_never_waved_through(ROOT))


def test_a_host_key_waved_through_is_seen(tree: MakeTree) -> None:
    root = tree({"engine/ssh.py": "from paramiko import AutoAddPolicy as A\nclient.policy(paramiko.WarningPolicy)\n"})
    assert host_keys_are_never_waved_through(root) == [
        "engine/ssh.py:1: uses AutoAddPolicy",
        "engine/ssh.py:2: uses WarningPolicy",
    ]


def test_flask_stays_at_the_edges() -> None:
    assert in_order(flask_stays_at_the_edges(ROOT))


def test_flask_inside_is_seen(tree: MakeTree) -> None:
    root = tree(
        {
            "app/x.py": "import flask",
            "console/web/x.py": "from flask import g",
            "console/terminal/x.py": "def f():\n    from flask.json import dumps",
            "engine/x.py": "import flask_limiter",
        }
    )
    assert flask_stays_at_the_edges(root) == [
        "console/terminal/x.py:2: imports flask.json",
        "engine/x.py:1: imports flask_limiter",
    ]
