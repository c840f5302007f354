"""Files that arrive whole or not at all: written beside their target, hashed, then renamed; bounded in every way."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.reach.place import Transfer

BLOCK = 256 * 1024


class Problem(Exception):
    """Why a file did not arrive."""


@dataclass(frozen=True, slots=True)
class Limits:
    """At most `size` bytes, until `deadline` on the monotonic clock."""

    size: int
    seconds: float
    deadline: float

    @classmethod
    def of(cls, size: int, seconds: float) -> Limits:
        """From now on."""
        return cls(size, seconds, time.monotonic() + seconds)

    def check(self, length: int) -> None:
        """Raises Problem when so many bytes are too many, or it is too late."""
        if length > self.size:
            raise Problem(f"it is larger than the limit of {self.size:,} bytes")
        if time.monotonic() > self.deadline:
            raise Problem(f"it did not arrive within {self.seconds:g} s")


def copy(source: Path, target: Path, mode: int, limits: Limits) -> Transfer:
    """Copies a file on this machine, and reads back what arrived."""
    length, sent = 0, ""
    try:
        with reading(source) as read, arriving(target, mode) as beside:
            with beside.open("wb") as file:
                length, sent = pour(read, file.write, limits)
            with reading(beside) as read:
                _, arrived = pour(read, lambda _: None, limits)
            if sent != arrived:
                raise Problem("what arrived is not what was sent")
    except OSError as wrong:
        return Transfer(length, sent, "", f"{source} -> {target}: {wrong.strerror or wrong}")
    except Problem as wrong:
        return Transfer(length, sent, "", f"{source} -> {target}: {wrong}")
    return Transfer(length, sent, arrived)


@contextmanager
def reading(source: Path) -> Iterator[Callable[[int], bytes]]:
    """A regular file's `read`; opening a pipe or device would wait, or never end."""
    descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Problem("it is not a regular file")
        yield file.read


@contextmanager
def arriving(target: Path, mode: int) -> Iterator[Path]:
    """An empty file beside `target`, ours alone; it becomes `target` with `mode` when the block ends well."""
    if target.is_dir():
        raise Problem("the target is a directory; name the file")
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(8)}")
    os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    try:
        yield beside
        beside.chmod(mode)
        _sync(beside)
        beside.replace(target)
        _sync(target.parent)
    finally:
        beside.unlink(missing_ok=True)


def pour(read: Callable[[int], bytes], write: Callable[[bytes], object], limits: Limits) -> tuple[int, str]:
    """Moves everything; answers its length and SHA-256. Raises Problem."""
    length = 0
    sha256 = hashlib.sha256()
    while data := read(BLOCK):
        length += len(data)
        limits.check(length)
        sha256.update(data)
        write(data)
    return length, sha256.hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
