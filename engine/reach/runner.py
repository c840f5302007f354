"""Our Invoke runner: one act from its start to its named end, in one thread, with a deadline on every wait.

Invoke's own loop polls, joins its whole buffer again for every 1,000 bytes, and waits for pipes that a background
process may hold for ever. What a wire is (a local process, a channel) is the subclass's; why the act runs, nobody's.
"""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from invoke.context import Context
from invoke.runners import Result, Runner

from engine.reach.capture import Capture
from engine.reach.edge import Act
from engine.reach.place import Completed, Sink

DRAIN = 2.0
"""Seconds, at most, in which output is still read after the command ended."""


@dataclass(frozen=True, slots=True)
class Job:
    """An act, who listens, how long it may take (seconds), and how its groups are ended: told their leaders'
    process ids, `end` answers how that went. It may take `patience` seconds. `running` is who can be halted."""

    act: Act
    sink: Sink
    timeout: float
    end: Callable[[tuple[int, ...]], str]
    patience: float
    running: set[ActRunner]


class NotStarted(Exception):
    """There is no wire to run on; nothing of the act has begun."""


class Ran(Result):
    """Invoke's result, with ours in it."""

    def __init__(self, command: str, completed: Completed) -> None:
        exited = -1 if completed.exit is None else completed.exit
        super().__init__(completed.out.text, completed.err.text, command=command, exited=exited)
        self.completed = completed


Cause = Literal["exited", "timed_out", "stopped", "lost"]


class ActRunner(Runner):
    """The part every wire shares. Subclasses set `exited`, `closed` and `lost` and feed `out` and `err`."""

    quiet: ClassVar[float]
    """Seconds without a byte after which a command that has ended is taken to have said everything."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.exited = False
        self.closed = False
        self.lost = ""
        self._halted = False

    @abstractmethod
    def start(self, command: str, shell: str, env: dict[str, Any]) -> None:
        """Starts `command` and begins to feed it `job.act.text`. Raises NotStarted."""

    @abstractmethod
    def listen(self, seconds: float) -> bool:
        """Waits for bytes, the end or `wake`, at most so long; False when the time passed without any."""

    @abstractmethod
    def exit_status(self) -> tuple[int | None, str]:
        """The exit code once `exited`, and what there is to say about it; None when the wire told none."""

    @abstractmethod
    def wake(self) -> None:
        """Ends a `listen` from another thread."""

    def groups(self) -> tuple[int, ...]:
        """The process groups of the act, as far as they are known."""
        return self.err.pids

    def halt(self) -> None:
        """Has the act ended as stopped. Callable from another thread, also before it starts."""
        self._halted = True
        self.wake()

    def run(self, command: str, **kwargs: Any) -> Ran:
        """Runs `command` with the given `job`. Raises only what the sink raises, and KeyboardInterrupt."""
        self.job: Job = kwargs["job"]
        self.out = Capture("out", self.job.act, self.job.sink)
        self.err = Capture("err", self.job.act, self.job.sink)
        began = time.monotonic()
        self.job.running.add(self)
        try:
            self.start(command, "", {})
            cause, said = self._conclude(began + self.job.timeout)
            return Ran(command, self._completed(cause, time.monotonic() - began, said))
        except NotStarted as reason:
            return Ran(command, Completed("unreachable", None, time.monotonic() - began, message=str(reason)))
        finally:
            self.job.running.discard(self)
            self.stop()

    def _conclude(self, deadline: float) -> tuple[Cause, str]:
        """Waits for the end or makes it; when that is interrupted, nothing is left running."""
        try:
            cause = self._await_end(deadline)
            said = self._end() if cause in ("timed_out", "stopped") else ""
            held = self._drain()
            self.out.close()
            self.err.close()
        except BaseException:
            with suppress(Exception):
                self.job.end(self.groups())
            raise
        return cause, "; ".join(filter(None, (said, held)))

    def _await_end(self, deadline: float) -> Cause:
        while not self.exited:
            left = deadline - time.monotonic()
            if self.lost:
                return "lost"
            if self._halted:
                return "stopped"
            if left <= 0:
                return "timed_out"
            self.listen(left)
        return "exited"

    def _end(self) -> str:
        """Ends the groups while the output is still read: a command may have to write before it can go."""
        if not self.groups():
            return "it had not begun, and may still begin: whether it is gone is unproven"
        answers: list[str] = []
        answered = threading.Event()

        def end() -> None:
            with suppress(Exception):
                answers.append(self.job.end(self.groups()))
            answered.set()
            self.wake()

        threading.Thread(target=end, name="ending", daemon=True).start()
        deadline = time.monotonic() + self.job.patience
        while not answered.is_set() and (left := deadline - time.monotonic()) > 0:
            self.listen(left)
        return answers[0] if answers else "whether it is gone is unproven: the host did not say"

    def _drain(self) -> str:
        deadline = time.monotonic() + DRAIN
        while not self.closed and not self.lost and (left := deadline - time.monotonic()) > 0:
            if not self.listen(min(left, self.quiet)):
                break
        return "" if self.closed or self.lost else "a process it left behind holds its output open; not waited for"

    def _completed(self, cause: Cause, seconds: float, said: str) -> Completed:
        out, err = self.out.captured(), self.err.captured()
        if cause == "lost":
            return Completed("unknown", None, seconds, out, err, self.lost)
        if cause != "exited":
            after = f"after {self.job.timeout:g} s" if cause == "timed_out" else "on request"
            return Completed(cause, None, seconds, out, err, f"stopped {after}; {said}")
        code, how = self.exit_status()
        if self.err.begun and code is None:
            return Completed("unknown", None, seconds, out, err, how)
        if self.err.begun:
            return Completed("exited", code, seconds, out, err, "; ".join(filter(None, (how, said))))
        preface = " / ".join((self.err.preface or self.out.preface or how or f"exit {code}").splitlines())
        if self.err.pids:
            return Completed("refused", None, seconds, out, err, f"it did not begin: {preface}")
        return Completed("unreachable", None, seconds, out, err, f"the login shell takes no commands: {preface}")
