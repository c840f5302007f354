"""What every place with a shell does alike: runs acts, ends them, asks who it is; not how the shell is reached."""

from __future__ import annotations

from abc import ABC, abstractmethod

from engine.inventory.host import Host
from engine.reach import edge, identity
from engine.reach.ending import ending, patience, told
from engine.reach.place import Command, Completed, HostFacts, Sink, Stream
from engine.reach.runner import ActRunner, Job


class ShellPlace(ABC):
    """A host whose `sh` can be given text on stdin."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._running: set[ActRunner] = set()
        self._facts: HostFacts | None = None

    @property
    def host(self) -> Host:
        """The host this place reaches."""
        return self._host

    @abstractmethod
    def launch(self, job: Job) -> Completed:
        """Runs one act to its end."""

    def run(self, command: Command, sink: Sink) -> Completed:
        """Runs a command to its end, its timeout or its stop; what its groups leave behind is in the message."""
        try:
            act = edge.act(command)
        except edge.Unsendable as wrong:
            return Completed("refused", None, 0.0, message=str(wrong))

        def end(groups: tuple[int, ...]) -> str:
            last = ending(command, act.nonce, groups)
            return told(self.launch(Job(edge.act(last), nobody, last.timeout, _no_end, 0.0, set())))

        return self.launch(Job(act, sink, command.timeout, end, patience(command), self._running))

    def facts(self) -> HostFacts:
        """Asked once, and again only when the host did not answer."""
        if self._facts is None:
            answer = self.run(identity.QUESTION, nobody)
            if answer.ended != "exited":
                return HostFacts()
            self._facts = identity.told(answer)
        return self._facts

    def stop(self) -> None:
        """Has everything that runs here end as stopped; returns at once."""
        for runner in self._running.copy():
            runner.halt()


def nobody(_stream: Stream, _data: bytes) -> None:
    """The sink of what only its place reads."""


def _no_end(_groups: tuple[int, ...]) -> str:
    return "it took too long"
