"""What is written beside the code tells the truth about it: variables, settings, hosts, paths, test folders."""

import ast
import re
from pathlib import Path

from tests.house.conftest import MakeTree
from tests.house.tree import ROOMS, ROOT, Broken, constants, files, in_order, modules

OURS = re.compile(r"WATCHBOOK_[A-Z_]+")
SETTINGS_PAGE = "docs/reference/settings.md"
MIRRORS_NOTHING = ("house", "live", "faults", "support", "wrapper", "acceptance")
"""Folders whose tests go through several rooms, or through what has no folder."""
URL = re.compile(r"https?://(?:[^/@\s]*@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z][A-Za-z0-9-]*)")
"""To a name with a dot in it: an address or a bare name leads nowhere public."""
RESERVED = re.compile(r"(?:.*\.)?(?:example(?:\.\w+)?|test|invalid|localhost|internal)")
KNOWN_HOSTS = re.compile(r"(?:\w+\.)?linguamate\.app|json-schema\.org|json\.schemastore\.org|www\.w3\.org")
"""The operated backend's own, and names of formats. A package registry is the machine's business, and in no file."""
HOME = re.compile(r"/(?:home|Users)/(?!deploy\b|\$|\{)\w+")


def example_variables_are_read(root: Path) -> Broken:
    """Each variable of an `.env.example` is read by the code beside it, and each setting stands in the example."""
    broken = []
    for example in files(root, ".env.example"):
        room = example.parent.relative_to(root).as_posix()
        named = set(re.findall(r"(?m)^(?:# ?)?([A-Z][A-Z0-9_]*)=", example.read_text(encoding="utf-8")))
        fields, texts = _settings(root, room)
        broken += [f"{room}: no code reads {name} of its .env.example" for name in sorted(named - fields - texts)]
        broken += [f"{room}: {name} is missing from its .env.example" for name in sorted(fields - named)]
    return broken


def _settings(root: Path, room: str) -> tuple[set[str], set[str]]:
    """The variables behind the fields of `Settings`, and every string: a variable that is read by its name."""
    fields, texts = set(), set()
    for _, _, tree in modules(root, room):
        texts |= set(constants(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name == "Settings":
                annotated = [inner.target for inner in node.body if isinstance(inner, ast.AnnAssign)]
                fields |= {target.id.upper() for target in annotated if isinstance(target, ast.Name)}
    return fields, texts


def settings_are_documented(root: Path) -> Broken:
    """Each WATCHBOOK_ variable in the code stands in the reference, and the reference names no other."""
    used = {text for _, _, tree in modules(root, *ROOMS) for text in constants(tree) if OURS.fullmatch(text)}
    page = root / SETTINGS_PAGE
    told = set(OURS.findall(page.read_text(encoding="utf-8"))) if page.exists() else set()
    broken = [f"{SETTINGS_PAGE}: says nothing of {name}" for name in sorted(used - told)]
    return broken + [f"{SETTINGS_PAGE}: tells of {name}, which no code reads" for name in sorted(told - used)]


def hosts_are_made_up(root: Path) -> Broken:
    """A URL leads to an address, to a bare name, to a name reserved for examples, or to one known here."""
    return [
        f"{path}:{number}: leads to {host}"
        for path, number, line in _lines(root)
        for host in URL.findall(line)
        if not RESERVED.fullmatch(host) and not KNOWN_HOSTS.fullmatch(host)
    ]


def paths_are_no_ones(root: Path) -> Broken:
    """No file names the folder of this checkout or somebody's home."""
    here = str(root) if len(root.parts) > 2 else ""
    return [
        f"{path}:{number}: names a path of one machine"
        for path, number, line in _lines(root)
        if HOME.search(line) or (here and here in line)
    ]


def _lines(root: Path) -> list[tuple[str, int, str]]:
    """Every line of every text file: name from the root, number, text."""
    found = []
    for path in files(root):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(root).as_posix()
        found += [(name, number, line) for number, line in enumerate(text.splitlines(), 1)]
    return found


def folders_mirror_the_house(root: Path) -> Broken:
    """A folder of tests stands for the folder of the same name, so that the tests of a file are found by its path."""
    broken = []
    for path in sorted({test.parent.relative_to(root / "tests") for test in files(root / "tests", "test_*.py")}):
        if not set(path.parts) & set(MIRRORS_NOTHING) and not (root / path).is_dir():
            broken.append(f"tests/{path.as_posix()}: there is no {path.as_posix()}/")
    return broken


def test_example_variables_are_read() -> None:
    assert in_order(example_variables_are_read(ROOT))


def test_a_variable_nobody_reads_is_seen(tree: MakeTree) -> None:
    root = tree(
        {
            "app/.env.example": "# Says\n# FILE=\nPORT=80\nSTALE=1\n",
            "app/settings.py": "class Settings:\n    port: int\n    host: str\nread('FILE')\n",
        }
    )
    assert example_variables_are_read(root) == [
        "app: no code reads STALE of its .env.example",
        "app: HOST is missing from its .env.example",
    ]


def test_settings_are_documented() -> None:
    assert in_order(settings_are_documented(ROOT))


def test_an_undocumented_setting_is_seen(tree: MakeTree) -> None:
    root = tree({"console/x.py": "get('WATCHBOOK_A')\nget('WATCHBOOK_B')\n", SETTINGS_PAGE: "WATCHBOOK_B WATCHBOOK_C"})
    assert settings_are_documented(root) == [
        f"{SETTINGS_PAGE}: says nothing of WATCHBOOK_A",
        f"{SETTINGS_PAGE}: tells of WATCHBOOK_C, which no code reads",
    ]


def test_hosts_are_made_up() -> None:
    assert in_order(hosts_are_made_up(ROOT))


def test_a_real_host_is_seen(tree: MakeTree) -> None:
    real = ".".join(["wheels", "simple", "net"])
    good = "http://127.0.0.1:80/ https://host/x http://[::1]/ https://a.example.org/?q=1 http://{{ host }}:1/ http://x.test"
    root = tree({"engine/x.py": f"{good}\n--index-url https://{real}/simple\n"})
    assert hosts_are_made_up(root) == [f"engine/x.py:2: leads to {real}"]


def test_paths_are_no_ones() -> None:
    assert in_order(paths_are_no_ones(ROOT))


def test_a_path_of_one_machine_is_seen(tree: MakeTree, tmp_path: Path) -> None:
    home = "/".join(["", "home", "somebody"])
    root = tree({"engine/x.py": f"fine = '/etc/hosts'\n'{tmp_path}/x'\n", "docs/x.md": f"{home}/x\n"})
    assert paths_are_no_ones(root) == [
        "docs/x.md:1: names a path of one machine",
        "engine/x.py:2: names a path of one machine",
    ]


def test_tests_mirror_the_house() -> None:
    assert in_order(folders_mirror_the_house(ROOT))


def test_tests_of_nothing_are_seen(tree: MakeTree) -> None:
    named = ("engine/plan", "engine/gone", "house", "elsewhere")
    root = tree({"engine/plan/x.py": ""} | {f"tests/{name}/test_x.py": "" for name in named} | {"tests/test_x.py": ""})
    assert folders_mirror_the_house(root) == [
        "tests/elsewhere: there is no elsewhere/",
        "tests/engine/gone: there is no engine/gone/",
    ]
