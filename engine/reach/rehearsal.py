"""The scripted host that ships: it answers what it was told to, in simulated time, and touches nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.inventory.host import Host
from engine.primitives.clock import Clock
from engine.reach.place import (
    Captured,
    Command,
    Completed,
    Ended,
    HostFacts,
    Place,
    Request,
    Response,
    Sink,
    Transfer,
)

REHEARSED = HostFacts("rehearsed-boot", "rehearsed-machine", 0.0)
NEVER = float("inf")
"""An answer `after` this long: silence until the deadline."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `after` in seconds; `exit` is a command's, `status` and `body` are HTTP's, `out` may be a file's."""

    ended: Ended = "exited"
    exit: int = 0
    out: bytes = b""
    err: bytes = b""
    after: float = 0.0
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Script:
    """What a host answers, in turn, the last one again and again; by a command's display, `GET URL` or a path."""

    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    facts: HostFacts = REHEARSED


class RehearsalPlace:
    """A host that is only a script; what the script does not mention succeeds at once and says nothing."""

    def __init__(self, host: Host, script: Script, clock: Clock) -> None:
        self._host = host
        self._script = script
        self._clock = clock
        self._turns: dict[str, int] = {}

    @property
    def host(self) -> Host:
        """The host it plays."""
        return self._host

    def facts(self) -> HostFacts:
        """The script's."""
        return self._script.facts

    def run(self, command: Command, sink: Sink) -> Completed:
        """Plays the answer to `command.display`; one that comes after the timeout never comes."""
        answer = self._next(command.display or command.script)
        seconds = self._wait(answer, command.timeout)
        if answer.ended == "unreachable":
            return Completed("unreachable", None, seconds, message="the host does not answer (rehearsed)")
        if answer.out:
            sink("out", answer.out)
        if answer.err:
            sink("err", answer.err)
        out, err = _captured(answer.out), _captured(answer.err)
        if answer.after > command.timeout:
            return Completed("timed_out", None, seconds, out, err, f"stopped after {command.timeout:g} s (rehearsed)")
        if answer.ended != "exited":
            return Completed(answer.ended, None, seconds, out, err, f"{answer.ended} (rehearsed)")
        return Completed("exited", answer.exit, seconds, out, err)

    def http(self, request: Request) -> Response:
        """Plays the answer to `METHOD URL`."""
        answer = self._next(f"{request.method} {request.url}")
        seconds = self._wait(answer, request.timeout)
        if answer.ended != "exited" or answer.after > request.timeout:
            return Response(0, {}, b"", seconds, f"no answer: {answer.ended} (rehearsed)")
        return Response(answer.status, answer.headers, answer.body[: request.max_body], seconds)

    def put(self, source: Path, target: str, *, mode: int, limit: int, timeout: float) -> Transfer:
        """Plays the answer to `target`; the file goes nowhere."""
        del mode
        answer = self._next(target)
        self._wait(answer, timeout)
        data = source.read_bytes()[: limit + 1]
        return _transfer(data, answer, limit, timeout)

    def get(self, source: str, target: Path, *, limit: int, timeout: float) -> Transfer:
        """Plays the answer to `source`: its `out` is the file."""
        answer = self._next(source)
        self._wait(answer, timeout)
        moved = _transfer(answer.out, answer, limit, timeout)
        if not moved.problem:
            target.write_bytes(answer.out)
        return moved

    def stop(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is open."""

    def _next(self, key: str) -> Answer:
        answers = self._script.answers.get(key) or (Answer(),)
        turn = self._turns.get(key, 0)
        self._turns[key] = turn + 1
        return answers[min(turn, len(answers) - 1)]

    def _wait(self, answer: Answer, timeout: float) -> float:
        seconds = min(answer.after, timeout)
        self._clock.sleep(seconds)
        return seconds


class RehearsalReach:
    """Plays every host; one that has no script does what it is asked and says nothing."""

    def __init__(self, scripts: Mapping[str, Script], clock: Clock) -> None:
        self._scripts = scripts
        self._clock = clock
        self._places: dict[str, RehearsalPlace] = {}

    def place(self, host: Host) -> Place:
        """The played host."""
        script = self._scripts.get(host.name, Script())
        return self._places.setdefault(host.name, RehearsalPlace(host, script, self._clock))

    def close(self) -> None:
        """Nothing is open."""


def _captured(data: bytes) -> Captured:
    return Captured(data, len(data), hashlib.sha256(data).hexdigest())


def _transfer(data: bytes, answer: Answer, limit: int, timeout: float) -> Transfer:
    digest = hashlib.sha256(data).hexdigest()
    if answer.ended != "exited" or answer.after > timeout:
        return Transfer(0, "", "", f"it did not arrive within {timeout:g} s (rehearsed)")
    if len(data) > limit:
        return Transfer(0, "", "", f"it is larger than the limit of {limit:,} bytes")
    if answer.exit != 0:
        return Transfer(0, "", "", f"{answer.err.decode('utf-8', 'replace') or 'refused'} (rehearsed)")
    return Transfer(len(data), digest, digest)
