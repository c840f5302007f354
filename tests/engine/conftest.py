"""This machine as a place, under each sh there is."""

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from engine.inventory.host import Host
from engine.reach.local import LocalReach
from engine.reach.place import Place

SHELLS = [pytest.param(shell, marks=pytest.mark.needs(shell)) for shell in ("dash", "bash", "busybox")]


@pytest.fixture(params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> str:
    """`sh` is this shell for everything that a place starts; with busybox, every other tool is busybox's too."""
    name = str(request.param)
    path = shutil.which(name)
    assert path
    folder = tmp_path_factory.mktemp(name)
    if name == "busybox":
        subprocess.run([path, "--install", "-s", folder], check=True)
    else:
        (folder / "sh").symlink_to(path)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return name


@pytest.fixture
def local() -> Iterator[Place]:
    reach = LocalReach()
    yield reach.place(Host("local"))
    reach.close()
