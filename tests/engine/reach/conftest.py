"""A place under each sh there is, and a sink that remembers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.inventory.host import Host
from engine.reach.local import LocalReach
from engine.reach.place import Place, Stream

SHELLS = [pytest.param(shell, marks=pytest.mark.needs(shell)) for shell in ("dash", "bash", "busybox")]


class Heard:
    """A sink that keeps every piece."""

    def __init__(self) -> None:
        self.pieces: list[tuple[Stream, bytes]] = []

    def __call__(self, stream: Stream, data: bytes) -> None:
        self.pieces.append((stream, data))

    def all(self, stream: Stream) -> bytes:
        return b"".join(data for kind, data in self.pieces if kind == stream)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=SHELLS)
def shell(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> str:
    """`sh` is this shell for everything that a place starts."""
    name = str(request.param)
    path = shutil.which(name)
    assert path
    folder = tmp_path_factory.mktemp(name)
    (folder / "sh").symlink_to(path)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return name


@pytest.fixture
def local() -> Iterator[Place]:
    reach = LocalReach()
    yield reach.place(Host("local"))
    reach.close()


@pytest.fixture
def gone() -> Iterator[Path]:
    """Private folders that are left behind fail the test."""
    roots = [Path("/dev/shm"), Path("/run/user/0")]
    before = {path for root in roots if root.is_dir() for path in root.glob("watchbook-*")}
    yield Path("/dev/shm")
    after = {path for root in roots if root.is_dir() for path in root.glob("watchbook-*")}
    assert after == before
