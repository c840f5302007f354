"""Files over sftp: written beside their target, hashed on both sides, then renamed; every wait has a deadline."""

from __future__ import annotations

import posixpath
import secrets
import stat
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from paramiko.message import Message
from paramiko.sftp import CMD_DATA, CMD_READ, int64
from paramiko.sftp_client import SFTPClient
from paramiko.sftp_handle import SFTPHandle
from paramiko.ssh_exception import SSHException

from engine.reach.files import Limits, Problem, arriving, pour, reading
from engine.reach.place import Transfer
from engine.reach.ssh.connection import KeptConnection
from engine.reach.ssh.refusals import Unreachable

ONE_READ = 32 * 1024
"""Bytes every server answers in one piece."""
AT_ONCE = 64
"""Reads under way at once: 2 MiB fill a long line."""

Digest = Callable[[str, int], str]
"""The SHA-256 of a file's first bytes, taken by the host itself. Raises Problem."""


def put(connection: KeptConnection, digest: Digest, source: Path, target: str, mode: int, limits: Limits) -> Transfer:
    """Uploads; the host hashes what it stored before it is renamed."""
    length, sent, stored = 0, "", ""
    try:
        with reading(source) as read, _session(connection, limits) as sftp, _beside(sftp, target, mode) as beside:
            with sftp.open(beside, "wx") as file:
                file.chmod(0o600)
                file.set_pipelined(True)
                length, sent = pour(read, file.write, limits)
            stored = digest(beside, length)
            if stored != sent:
                raise Problem("what the host stored is not what was sent")
    except (OSError, EOFError, SSHException, Problem, Unreachable) as wrong:
        return Transfer(length, sent, stored, f"{source} -> {target}: {_why(wrong, limits)}")
    return Transfer(length, sent, stored)


def get(connection: KeptConnection, digest: Digest, source: str, target: Path, limits: Limits) -> Transfer:
    """Downloads; a file that grows under way, as a log does, is taken as far as it was read."""
    length, arrived, there = 0, "", ""
    try:
        with _session(connection, limits) as sftp, arriving(target, 0o600) as beside:
            if not stat.S_ISREG(sftp.stat(source).st_mode or 0):
                raise Problem("it is not a regular file")
            limits.check(sftp.stat(source).st_size or 0)
            with sftp.open(source, "rb") as remote, beside.open("wb") as file:
                length, arrived = pour(_Reads(sftp, remote.handle).read, file.write, limits)
            there = digest(source, length)
            if there != arrived:
                raise Problem("it was changed while it was read")
    except (OSError, EOFError, SSHException, Problem, Unreachable) as wrong:
        return Transfer(length, arrived, there, f"{source} -> {target}: {_why(wrong, limits)}")
    return Transfer(length, arrived, there)


class _Reads:
    """Keeps many reads under way in this thread; paramiko's own prefetch would leave one behind when it fails."""

    def __init__(self, sftp: SFTPClient, handle: SFTPHandle) -> None:
        self._sftp: Any = sftp
        self._handle = handle
        self._waiting: deque[int] = deque()
        self._answers: dict[int, bytes] = {}
        self._offset = 0
        self._ended = False

    def read(self, _size: int) -> bytes:
        """The next piece; empty at the end."""
        while not self._ended and len(self._waiting) < AT_ONCE:
            request = self._sftp._async_request(self, CMD_READ, self._handle, int64(self._offset), int(ONE_READ))
            self._waiting.append(request)
            self._offset += ONE_READ
        if not self._waiting:
            return b""
        first = self._waiting.popleft()
        while first not in self._answers:
            self._sftp._read_response()
        data = self._answers.pop(first)
        if len(data) < ONE_READ:
            self._ended = True
            for request in self._waiting:
                while request not in self._answers:
                    self._sftp._read_response()
            self._waiting.clear()
        return data

    def _async_response(self, kind: int, message: Message, number: int) -> None:
        """What paramiko calls for each answer."""
        if kind == CMD_DATA:
            self._answers[number] = message.get_string()
            return
        self._answers[number] = b""
        with suppress(EOFError):
            self._sftp._convert_status(message)


@contextmanager
def _session(connection: KeptConnection, limits: Limits) -> Iterator[SFTPClient]:
    channel = connection.create_session()
    channel.settimeout(max(0.1, limits.deadline - time.monotonic()))
    try:
        channel.invoke_subsystem("sftp")
        yield SFTPClient(channel)
    finally:
        channel.close()


@contextmanager
def _beside(sftp: SFTPClient, target: str, mode: int) -> Iterator[str]:
    """A name beside the target; it becomes the target with `mode` when the block ends well."""
    with suppress(FileNotFoundError):
        if stat.S_ISDIR(sftp.stat(target).st_mode or 0):
            raise Problem("the target is a directory; name the file")
    folder, name = posixpath.split(target)
    beside = posixpath.join(folder, f".{name[:100]}.{secrets.token_hex(8)}")
    try:
        yield beside
        sftp.chmod(beside, mode)
        sftp.posix_rename(beside, target)
    except BaseException:
        with suppress(OSError, EOFError, SSHException):
            sftp.remove(beside)
        raise


def _why(wrong: Exception, limits: Limits) -> str:
    if isinstance(wrong, TimeoutError):
        return f"it did not arrive within {limits.seconds:g} s"
    if isinstance(wrong, OSError):
        return wrong.strerror or str(wrong) or type(wrong).__name__
    return str(wrong) or "the connection was lost"
