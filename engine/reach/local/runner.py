"""The wire to a local process: pipes, its exit and a wake-up in one poll; knows nothing of what it runs."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
from pathlib import Path
from typing import Any, ClassVar

from invoke.context import Context

from engine.reach.capture import PIECE, Capture
from engine.reach.runner import ActRunner, NotStarted

KEPT = ("HOME", "LANG", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER", "XDG_RUNTIME_DIR")
"""What a local command inherits, besides LC_*: what a login over SSH would have, and none of our secrets."""


class LocalRunner(ActRunner):
    """Runs the act in a session of its own, so that Ctrl-C reaches only the controller, which decides."""

    quiet: ClassVar[float] = 0.2

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._poll = select.poll()
        self._wake_read, self._wake_write = os.pipe()
        self._bell = threading.Lock()
        self._poll.register(self._wake_read, select.POLLIN)
        self._watch = -1
        self._unsent = memoryview(b"")
        self._open: dict[int, Capture] = {}

    def start(self, command: str, shell: str, env: dict[str, Any]) -> None:  # noqa: ARG002  Invoke's signature
        """Starts `command`, split at its spaces, without a shell around it."""
        home = os.environ.get("HOME", "")
        try:
            self._process = subprocess.Popen(
                command.split(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
                cwd=home if home and Path(home).is_dir() else "/",
                env={name: value for name, value in os.environ.items() if name in KEPT or name.startswith("LC_")},
            )
        except OSError as wrong:
            raise NotStarted(f"no process could be started here: {wrong}") from wrong
        process = self._process
        assert process.stdin and process.stdout and process.stderr
        self._open = {process.stdout.fileno(): self.out, process.stderr.fileno(): self.err}
        for stream in self._open:
            self._poll.register(stream, select.POLLIN)
        self._watch_exit()
        self._unsent = memoryview(self.job.act.text)
        os.set_blocking(process.stdin.fileno(), False)
        self._poll.register(process.stdin.fileno(), select.POLLOUT)

    def listen(self, seconds: float) -> bool:
        """One poll, and everything it found."""
        events = self._poll.poll(max(0.0, seconds) * 1000)
        for descriptor, _ in events:
            if descriptor in self._open:
                self._read(descriptor)
            elif descriptor == self._watch:
                self._poll.unregister(descriptor)
                self.exited = True
            elif descriptor == self._wake_read:
                self.exited = b"x" in os.read(descriptor, 100) or self.exited
            else:
                self._write(descriptor)
        return bool(events)

    def groups(self) -> tuple[int, ...]:
        """Its own group is known before it says so."""
        return tuple({self._process.pid, *self.err.pids})

    def exit_status(self) -> tuple[int | None, str]:
        """A death by signal counts as 128 + its number, as in any shell."""
        code = self._process.wait()
        return (code, "") if code >= 0 else (128 - code, f"ended by {signal.Signals(-code).name}")

    def wake(self) -> None:
        """One byte into the pipe the poll looks at."""
        self._ring(b"w")

    def stop(self) -> None:
        """Lets go of every descriptor and reaps the process; one that is still there after its ending is killed."""
        process = getattr(self, "_process", None)
        if process is not None:
            if not self.exited:
                process.kill()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()
            try:
                process.wait(timeout=1.0)
            except subprocess.TimeoutExpired:
                self.lost = "the process cannot be ended: the kernel holds it"
        with self._bell:
            for descriptor in {self._watch, self._wake_read, self._wake_write} - {-1}:
                os.close(descriptor)
            self._wake_write = -1

    def _watch_exit(self) -> None:
        """Has the poll hear of the exit without reaping it: its group id must stay taken until it was ended."""
        if hasattr(os, "pidfd_open"):
            self._watch = os.pidfd_open(self._process.pid)
            self._poll.register(self._watch, select.POLLIN)
            return

        def wait() -> None:
            self._process.wait()
            self._ring(b"x")

        threading.Thread(target=wait, name="exit-watch", daemon=True).start()

    def _ring(self, sign: bytes) -> None:
        with self._bell:
            if self._wake_write >= 0:
                os.write(self._wake_write, sign)

    def _read(self, descriptor: int) -> None:
        data = os.read(descriptor, PIECE)
        if data:
            self._open[descriptor].feed(data)
            return
        self._poll.unregister(descriptor)
        del self._open[descriptor]
        self.closed = not self._open

    def _write(self, descriptor: int) -> None:
        try:
            self._unsent = self._unsent[os.write(descriptor, self._unsent) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._unsent = memoryview(b"")
        if not self._unsent:
            self._poll.unregister(descriptor)
            assert self._process.stdin
            self._process.stdin.close()
