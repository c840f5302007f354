"""Fresh clones in miniature, on machines that have more and more of what the wrapper looks for; no network."""

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.wrapper.checkout import BASE_PYTHON, ROOT, TASKS, Checkout, Wait

SHELL_TOOLS = ("sh", "cat", "cmp", "cp", "mv", "rm", "touch", "readlink", "env")


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Checkout:
    """A fresh clone in a path with a space and a quote; no Python and no uv on its machine's PATH yet."""
    root, machine = tmp_path / "it's a clone", tmp_path / "machine"
    root.mkdir()
    (machine / "bin").mkdir(parents=True)
    (machine / "wheels").mkdir()
    shutil.copy(ROOT / "inv", root / "inv")
    (root / "tasks.py").write_text(TASKS)
    checkout = Checkout(root, machine, {})
    for name in SHELL_TOOLS:
        found = shutil.which(name)
        assert found, name
        checkout.link(name, Path(found))
    checkout.lock("1.0")
    return checkout


@pytest.fixture
def pip_checkout(bare_checkout: Checkout) -> Checkout:
    """A fresh clone on a machine with python3 alone: pip comes with the environment, in seconds."""
    bare_checkout.link("python3", BASE_PYTHON)
    return bare_checkout


@pytest.fixture
def checkout(pip_checkout: Checkout) -> Checkout:
    """A fresh clone on a machine with python3 and uv, which is far quicker."""
    pip_checkout.link("uv", Path(sys.executable).with_name("uv"))
    return pip_checkout


@pytest.fixture(params=["pip", "uv"])
def either_checkout(request: pytest.FixtureRequest) -> Checkout:
    """A fresh clone, once with python3 alone and once with uv as well."""
    checkout: Checkout = request.getfixturevalue("pip_checkout" if request.param == "pip" else "checkout")
    return checkout


@pytest.fixture
def wait_until() -> Wait:
    """Waits, at most half a minute, until something is true."""

    def wait(happened: Callable[[], object]) -> None:
        deadline = time.monotonic() + 30
        while not happened():
            assert time.monotonic() < deadline, "did not happen within 30 s"
            time.sleep(0.002)

    return wait
