"""A sink that remembers, and an eye on what is left behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.reach.place import Stream


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


@pytest.fixture
def gone() -> Iterator[Path]:
    """Private folders that are left behind fail the test."""
    roots = [Path("/dev/shm"), Path("/run/user/0")]
    before = {path for root in roots if root.is_dir() for path in root.glob("watchbook-*")}
    yield Path("/dev/shm")
    after = {path for root in roots if root.is_dir() for path in root.glob("watchbook-*")}
    assert after == before
