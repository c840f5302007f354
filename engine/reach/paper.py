"""The dry run as a place: writes down what it is asked, touches nothing, and answers that all went well."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.inventory.host import Host
from engine.reach.place import Command, Completed, HostFacts, Place, Request, Response, Sink, Transfer


@dataclass(frozen=True, slots=True)
class Note:
    """One thing a host would have been asked: a command, a request, or a file that moves."""

    host: str
    asked: Command | Request | str


class PaperPlace:
    """A host on paper."""

    def __init__(self, host: Host, notes: list[Note]) -> None:
        self._host = host
        self._notes = notes

    @property
    def host(self) -> Host:
        """The host that would be asked."""
        return self._host

    def facts(self) -> HostFacts:
        """Nothing is known of it."""
        return HostFacts()

    def run(self, command: Command, sink: Sink) -> Completed:
        """Would run it."""
        del sink
        self._note(command)
        return Completed("exited", 0, 0.0)

    def http(self, request: Request) -> Response:
        """Would ask it."""
        self._note(request)
        return Response(200, {}, b"", 0.0)

    def put(self, source: Path, target: str, *, mode: int, limit: int, timeout: float) -> Transfer:
        """Would upload it."""
        del limit, timeout
        self._note(f"{source} -> {target} ({mode:04o})")
        return Transfer(0, "", "")

    def get(self, source: str, target: Path, *, limit: int, timeout: float) -> Transfer:
        """Would download it."""
        del limit, timeout
        self._note(f"{source} -> {target}")
        return Transfer(0, "", "")

    def stop(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is open."""

    def _note(self, asked: Command | Request | str) -> None:
        self._notes.append(Note(self._host.name, asked))


@dataclass(slots=True)
class PaperReach:
    """Every host on paper; `notes` is what they were asked, in order."""

    notes: list[Note] = field(default_factory=list)

    def place(self, host: Host) -> Place:
        """The host on paper."""
        return PaperPlace(host, self.notes)

    def close(self) -> None:
        """Nothing is open."""
