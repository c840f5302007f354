"""What a place promises: run a command, ask HTTP, move a file, tell its identity; commands are values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from engine.inventory.host import Host
from incidents.secret import Secret

Ended = Literal["exited", "timed_out", "unreachable", "unknown", "stopped", "refused"]
"""`unreachable` and `refused` both never began: the host could not be asked, or the command cannot be run there."""
Stream = Literal["out", "err"]
Sink = Callable[[Stream, bytes], None]
"""Receives raw output as it arrives, in pieces of whole lines where there are lines (64 KiB at most)."""


@dataclass(frozen=True, slots=True)
class Become:
    """Run as another user through `sudo -n`."""

    user: str = "root"


@dataclass(frozen=True, slots=True)
class Stop:
    """How a command is ended: a signal to its group, then KILL after `grace` seconds."""

    signal: str = "TERM"
    grace: float = 5.0


@dataclass(frozen=True, slots=True)
class Command:
    """Constant shell text and everything that goes beside it by stdin: variables are exported, secrets become
    0600 files named by `$NAME_file`. `display` is what a person is shown; `timeout` in seconds."""

    script: str
    display: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    become: Become | None = None
    timeout: float = 60.0
    stop: Stop = Stop()


@dataclass(frozen=True, slots=True)
class Captured:
    """One output stream: the last bytes (bounded, for parsing), and length and SHA-256 of all of it."""

    tail: bytes = b""
    length: int = 0
    sha256: str = ""

    @property
    def text(self) -> str:
        """The tail as text; wrong bytes are shown, not raised."""
        return self.tail.decode("utf-8", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended. `exit` is None unless it `exited`; `message` says what is known otherwise."""

    ended: Ended
    exit: int | None
    seconds: float
    out: Captured = Captured()
    err: Captured = Captured()
    message: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request made from the host itself. `timeout` in seconds, whole; bodies are bounded to `max_body`."""

    method: str
    url: str
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    body: bytes = b""
    timeout: float = 10.0
    max_body: int = 1 << 20


@dataclass(frozen=True, slots=True)
class Response:
    """What came back; `status` is 0 when nothing did, and `message` says why.

    `reached` is False when the host that should ask could not be reached itself: nothing is known about the URL then.
    `sent` is False when the request certainly never left, so that whoever asked for a change knows there was none.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    message: str = ""
    reached: bool = True
    sent: bool = True


@dataclass(frozen=True, slots=True)
class Transfer:
    """A file that went up or came down, hashed on both sides; `problem` is empty when it arrived whole."""

    length: int
    sha256: str
    host_sha256: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class HostFacts:
    """Which boot of which machine answered, and its clock minus ours in seconds."""

    boot_id: str = ""
    machine_id: str = ""
    clock_offset: float | None = None


class Place(Protocol):
    """One host, reached one way. Methods never raise for what a host does; the outcome says it."""

    @property
    def host(self) -> Host:
        """The host this place reaches."""

    def facts(self) -> HostFacts:
        """The host's identity, asked once and kept."""

    def run(self, command: Command, sink: Sink) -> Completed:
        """Runs a command to its end, its timeout or its stop."""

    def http(self, request: Request) -> Response:
        """Asks HTTP from the host."""

    def put(self, source: Path, target: str, *, mode: int, limit: int, timeout: float) -> Transfer:
        """Writes a file on the host: beside its target first, then renamed. `limit` in bytes."""

    def get(self, source: str, target: Path, *, limit: int, timeout: float) -> Transfer:
        """Fetches a file from the host to `target`, atomically. `limit` in bytes."""

    def stop(self) -> None:
        """Ends what runs here now: TERM, grace, KILL to its group. Callable from another thread."""

    def close(self) -> None:
        """Lets go of the connection."""


class Reach(Protocol):
    """Opens places. `local` reaches this machine; a rehearsal reaches nothing."""

    def place(self, host: Host) -> Place:
        """The kept place of a host (one per host and run)."""

    def close(self) -> None:
        """Closes every place."""
