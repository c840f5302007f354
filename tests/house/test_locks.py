"""The locks agree: one version of a package in all of them, every file of it vouched for by a hash."""

import re
from collections import defaultdict
from pathlib import Path

from tests.house.conftest import MakeTree
from tests.house.tree import ROOT, Broken, files, in_order

PINNED = re.compile(r"([A-Za-z0-9._-]+)==([^\s;\\]+)")


def pins(lock: Path) -> list[tuple[str, str, bool]]:
    """Package, version, and whether hashes follow. Other lines than pins, hashes and comments raise ValueError."""
    found: list[tuple[str, str, bool]] = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if pin := PINNED.match(line):
            found.append((pin[1].lower(), pin[2], "--hash=sha256:" in line))
        elif line.strip().startswith("--hash=sha256:") and found:
            found[-1] = (*found[-1][:2], True)
        elif line.strip() and not line.strip().startswith("#"):
            raise ValueError(f"{lock}: {line.strip()!r} is neither a pin nor a hash")
    return found


def locks_agree(root: Path) -> Broken:
    """One version per package across all locks, with hashes, and each `*.in` has its lock."""
    versions: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    broken = []
    for source in files(root, "requirements*.in"):
        lock = source.with_suffix(".txt")
        name = lock.relative_to(root).as_posix()
        if not lock.exists():
            broken.append(f"{name}: is missing; ./inv dev.lock")
            continue
        for package, version, hashed in pins(lock):
            versions[package][version].append(name)
            if not hashed:
                broken.append(f"{name}: {package} has no hash")
    for package, where in sorted(versions.items()):
        if len(where) > 1:
            told = ", ".join(f"{version} in {' and '.join(names)}" for version, names in sorted(where.items()))
            broken.append(f"{package}: {told}")
    return broken


def dev_lock_holds_the_others(root: Path) -> Broken:
    """The environment made from the dev lock satisfies the other locks: the wrapper counts on that."""
    whole = set(pins(root / "requirements-dev.txt"))
    return [
        f"requirements-dev.txt: lacks {package}=={version} of {lock.relative_to(root)}"
        for lock in files(root, "requirements.txt")
        for package, version, _ in pins(lock)
        if (package, version, True) not in whole
    ]


def test_locks_agree() -> None:
    assert in_order(locks_agree(ROOT))


def test_locks_that_disagree_are_seen(tree: MakeTree) -> None:
    root = tree(
        {
            "requirements.in": "",
            "requirements.txt": "# by\na==1.0 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\n    # via b\nb==2\n",
            "app/requirements.in": "",
            "app/requirements.txt": "a==1.1 ; python_version < '3.12' --hash=sha256:00\n",
            "requirements-dev.in": "",
        }
    )
    assert sorted(locks_agree(root)) == [
        "a: 1.0 in requirements.txt, 1.1 in app/requirements.txt",
        "requirements-dev.txt: is missing; ./inv dev.lock",
        "requirements.txt: b has no hash",
    ]


def test_the_dev_lock_holds_the_others() -> None:
    assert in_order(dev_lock_holds_the_others(ROOT))


def test_a_dev_lock_that_lacks_something_is_seen(tree: MakeTree) -> None:
    root = tree({"requirements-dev.txt": "a==1 --hash=sha256:00\n", "app/requirements.txt": "b==1 --hash=sha256:00\n"})
    assert dev_lock_holds_the_others(root) == ["requirements-dev.txt: lacks b==1 of app/requirements.txt"]
