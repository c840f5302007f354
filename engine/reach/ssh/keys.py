"""The host keys that people trust, in a known_hosts file of our own that ssh can read too; it connects to nothing.

A line's comment says who trusted it, when and why. A key that was replaced stays in the file, commented out.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from paramiko.hostkeys import HostKeyEntry, HostKeys, InvalidHostKey
from paramiko.pkey import PKey
from paramiko.ssh_exception import SSHException

from engine.reach.files import arriving

SYSTEM = (Path("~/.ssh/known_hosts"), Path("/etc/ssh/ssh_known_hosts"))
"""What ssh itself trusts, read and never written."""


@dataclass(frozen=True, slots=True)
class HostKey:
    """A public key as a host showed it; `server` is the name ssh files it under (`web` or `[web]:2222`)."""

    server: str
    kind: str
    text: str

    @classmethod
    def of(cls, server: str, key: PKey) -> HostKey:
        """The key that a server showed."""
        return cls(server, key.get_name(), key.get_base64())

    @property
    def fingerprint(self) -> str:
        """As ssh-keygen -l shows it."""
        digest = hashlib.sha256(base64.b64decode(self.text)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    def __str__(self) -> str:
        return f"{self.kind.removeprefix('ssh-').upper()} {self.fingerprint}"


class KnownHosts:
    """Ours first; a host that ours do not name is looked up in ssh's own files."""

    def __init__(self, file: Path, system: tuple[Path, ...] = SYSTEM) -> None:
        self.file = file
        self._system = system

    def trusted(self, server: str) -> dict[str, PKey]:
        """The keys that are trusted for a server, by kind; empty when it is not known."""
        for path in (self.file, *self._system):
            found = {}
            for line in _lines(path.expanduser()):
                if _names(line, server) and (entry := _entry(line)):
                    found[entry.get_name()] = entry
            if found:
                return found
        return {}

    def trust(self, key: HostKey, *, by: str, why: str = "") -> list[str]:
        """Trusts this key alone for its server from now on; answers the lines that it replaced."""
        with self._changing() as lines:
            now = datetime.now(UTC).isoformat(timespec="seconds")
            replaced = [line for line in lines if line.partition(" ")[0] == key.server]
            note = " ".join(f"trusted {now} by {by} {why}".split())
            lines[:] = [f"# replaced {now} by {by}: {line}" if line in replaced else line for line in lines]
            lines.append(f"{key.server} {key.kind} {key.text} {note}")
        return replaced

    @contextmanager
    def _changing(self) -> Iterator[list[str]]:
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(f"{self.file}.lock", os.O_CREAT | os.O_WRONLY, 0o600), "wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lines = self.file.read_text().splitlines() if self.file.exists() else []
            yield lines
            with arriving(self.file, 0o600) as beside:
                beside.write_text("".join(f"{line}\n" for line in lines))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except OSError:
        return []


def _names(line: str, server: str) -> bool:
    """Does a line speak of this server, plainly or hashed? Decided before its key is parsed: files can be long."""
    names = line.partition(" ")[0]
    if names.startswith("|1|"):
        return HostKeys.hash_host(server, names) == names
    return server in names.split(",")


def _entry(line: str) -> PKey | None:
    try:
        entry = HostKeyEntry.from_line(line)
    except (InvalidHostKey, SSHException, ValueError):
        return None
    return entry.key if entry else None
