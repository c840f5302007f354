"""`.env.example` and the code name the same variables, each is used, and the environment is read in one place."""

import ast
import re
from pathlib import Path

from app.configuration import envfile
from app.configuration.settings import ALIASES, VARIABLES
from tests.house.tree import ROOT

APP = ROOT / "app"
# Where a process environment is touched, and why each may.
READERS = {
    "configuration/sources.py": "reads the settings",
    "deploy/gunicorn.conf.py": "names the metrics folder, passes the environment to the check",
    "metrics/exposition.py": "reads the metrics folder's name back",
}


def code() -> dict[str, str]:
    files = [path for path in APP.rglob("*.py") if ".venv" not in path.parts]
    return {path.relative_to(APP).as_posix(): path.read_text() for path in files}


def test_the_example_is_what_the_code_renders() -> None:
    assert (APP / ".env.example").read_text() == envfile.example()


def test_the_example_and_the_code_name_the_same_variables() -> None:
    named = set(re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=", (APP / ".env.example").read_text(), re.MULTILINE))
    assert named == set(VARIABLES) | {"APP_ENV_FILE"}
    assert all(f"also read as {alias}" in (APP / ".env.example").read_text() for alias in ALIASES)


def test_every_variable_is_used_beyond_its_declaration() -> None:
    elsewhere = "\n".join(text for name, text in code().items() if name not in ("configuration/rules.py",))
    unused = [field for field in VARIABLES.values() if not re.search(rf"(settings|self)\.{field}\b", elsewhere)]
    assert unused == []


def test_the_environment_is_read_in_named_places_only() -> None:
    readers = set()
    for name, text in code().items():
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("environ", "getenv")
                and isinstance(node.value, ast.Name)
            ):
                readers |= {name} if node.value.id == "os" else set()
    assert readers == set(READERS)


def test_the_example_is_refused_as_it_stands(tmp_path: Path) -> None:
    """Copied without thought it must not start: its secret is a placeholder."""
    from app.configuration.__main__ import main

    copy = tmp_path / ".env"
    copy.write_text((APP / ".env.example").read_text())
    copy.chmod(0o600)
    assert main(["check", str(copy)]) == 78
