"""A sink that remembers, and an eye on what is left behind."""

import time
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
def gone() -> Iterator[None]:
    """Private folders that stay behind fail the test; those of other processes on this machine go by themselves."""
    before = _private_folders()
    yield
    deadline = time.monotonic() + 10
    while (left := _private_folders() - before) and time.monotonic() < deadline:
        time.sleep(0.1)
        before |= _private_folders() - left  # somebody else's, made since
    assert not left


def _private_folders() -> set[Path]:
    roots = [Path("/dev/shm"), Path("/run/user/0")]
    return {path for root in roots if root.is_dir() for path in root.glob("watchbook-*")}
