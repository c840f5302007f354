"""A scene for one word: places that are real or answer from a list, and everything that was recorded, kept and told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.inventory.host import Host
from engine.primitives.clock import Clock, SimulatedClock
from engine.primitives.scope import Scope
from engine.primitives.values import Value
from engine.reach.place import Captured, Command, Completed, HostFacts, Place, Request, Response, Sink, Stop, Transfer
from engine.words.word import Delivery, Observation, OutputRule, Scene, Stored
from incidents.secret import Secret
from incidents.vocabulary import Fact

Answer = Completed | Response | Transfer


def exited(exit: int = 0, out: str = "", err: str = "") -> Completed:
    """A command that ended by itself."""
    return Completed("exited", exit, 0.1, Captured(out.encode()), Captured(err.encode()))


class Scripted:
    """A place that answers from a list, in order, and remembers what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.host = Host("web-1", address="10.0.0.11")
        self.answers = list(answers)
        self.commands: list[Command] = []
        self.requests: list[Request] = []

    def run(self, command: Command, sink: Sink) -> Completed:
        self.commands.append(command)
        answer = self.answers.pop(0)
        assert isinstance(answer, Completed)
        for stream, captured in (("out", answer.out), ("err", answer.err)):
            if captured.tail:
                sink("out" if stream == "out" else "err", captured.tail)
        return answer

    def http(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        assert isinstance(answer, Response)
        return answer

    def put(self, source: Path, target: str, *, mode: int, limit: int, timeout: float) -> Transfer:
        answer = self.answers.pop(0)
        assert isinstance(answer, Transfer)
        return answer

    def get(self, source: str, target: Path, *, limit: int, timeout: float) -> Transfer:
        answer = self.answers.pop(0)
        assert isinstance(answer, Transfer)
        return answer

    def facts(self) -> HostFacts:
        return HostFacts("boot", "machine", 0.25)

    def stop(self) -> None: ...

    def close(self) -> None: ...


@dataclass
class Stage:
    """Makes scenes and remembers what happened on them."""

    facts: list[Fact] = field(default_factory=list)
    kept: dict[str, bytes] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    shown: dict[str, bytes] = field(default_factory=lambda: {"out": b"", "err": b""})

    def scene(
        self,
        place: Place,
        names: Mapping[str, Value] | None = None,
        *,
        controller: Place | None = None,
        secrets: Mapping[str, Secret] | None = None,
        outputs: Mapping[str, OutputRule] | None = None,
        observe: Callable[[str], Observation] | None = None,
        deliveries: Mapping[str, Delivery] | None = None,
        clock: Clock | None = None,
        timeout: float = 30.0,
        allow_exit: tuple[int, ...] = (0,),
        files: Mapping[str, str] | None = None,
    ) -> Scene:
        """A scene whose names are these."""
        return Scene(
            place=place,
            controller=controller or place,
            scope=Scope(names or {}),
            secrets=secrets or {},
            sink=self._show,
            timeout=timeout,
            become=None,
            stop=Stop(),
            allow_exit=allow_exit,
            outputs=outputs or {},
            record=self.facts.append,
            keep=self._keep,
            observe=observe or _no_checks,
            notify=lambda to, message: self._tell(deliveries or {}, to, message),
            clock=clock or SimulatedClock(),
            files=files or {},
        )

    def _show(self, stream: str, data: bytes) -> None:
        self.shown[stream] += data

    def _keep(self, name: str, data: bytes) -> Stored:
        self.kept[name] = data
        return Stored(f"step/web-1/1/{name}", hashlib.sha256(data).hexdigest())

    def _tell(self, deliveries: Mapping[str, Delivery], to: str, message: str) -> Delivery:
        self.told.append((to, message))
        return deliveries[to]


def _no_checks(name: str) -> Observation:
    raise AssertionError(f"no check {name} in this scene")
