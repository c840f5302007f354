"""The wire to a process over SSH: a channel's bytes, exit and end ring one bell; knows nothing of what it runs."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any, ClassVar

from fabric.connection import Connection
from paramiko.channel import Channel
from paramiko.common import cMSG_GLOBAL_REQUEST
from paramiko.message import Message
from paramiko.ssh_exception import SSHException

from engine.reach.capture import PIECE
from engine.reach.runner import ActRunner, NotStarted
from engine.reach.ssh.connection import KeptConnection
from engine.reach.ssh.refusals import NoSession, Unreachable
from engine.reach.ssh.wire import send

TAKE_TEXT = 20.0
"""Seconds in which a host must take a command's text; slow login shells count."""
ASK_AFTER = 15.0
"""Seconds of silence after which the host is asked for a sign of life."""
ANSWER_WITHIN = 15.0
"""Seconds it has to give one."""
MOST_UNREAD = 32 << 20
"""Bytes a host may send beyond what it was allowed to before it is cut off."""


class SshRunner(ActRunner):
    """Sends the text and its end to a shell that waits already: one round trip brings the whole answer."""

    quiet: ClassVar[float] = 1.0

    context: KeptConnection

    def __init__(self, context: Connection, inline_env: bool = True) -> None:  # noqa: ARG002  Fabric's signature
        super().__init__(context)
        self._bell = threading.Event()
        self._channel: Channel | None = None
        self._heard = 0.0
        self._sign: threading.Event | None = None

    def start(self, command: str, shell: str, env: dict[str, Any]) -> None:  # noqa: ARG002  Invoke's signature
        """Starts `command` on the kept connection and sends it the act's text."""
        try:
            channel = self._channel = self.context.shell(command)
        except NoSession:
            raise
        except (Unreachable, SSHException, EOFError, OSError) as wrong:
            raise NotStarted(_said(wrong)) from wrong
        channel.in_buffer.set_event(_Ring(self._bell))
        channel.in_stderr_buffer.set_event(_Ring(self._bell))
        channel.status_event = _Ring(self._bell)
        self._bell.set()
        channel.settimeout(min(self.job.timeout, TAKE_TEXT))
        try:
            channel.sendall(self.job.act.text)
        except (OSError, SSHException, EOFError) as wrong:
            raise NotStarted(f"the host did not take the whole text, so it runs none: {_said(wrong)}") from wrong
        try:
            channel.shutdown_write()
        except (OSError, SSHException, EOFError) as wrong:
            self._lose(f"the connection was lost when the command began: {_said(wrong)}")
            return
        self._heard = time.monotonic()
        self.context.shells.fill(channel.get_transport(), command)

    def listen(self, seconds: float) -> bool:
        """Waits for the bell, asks for a sign of life in long silences, reads what is there."""
        now = time.monotonic()
        limit = self._heard + (ASK_AFTER if self._sign is None else ASK_AFTER + ANSWER_WITHIN)
        rang = self._bell.wait(max(0.0, min(seconds, limit - now)))
        if not rang:
            if time.monotonic() >= limit:
                self._ask_for_a_sign()
            return False
        self._bell.clear()
        self._heard = time.monotonic()
        self._sign = None
        self._read()
        return True

    def exit_status(self) -> tuple[int | None, str]:
        """-1 is paramiko's word for an end without a status."""
        assert self._channel is not None
        code = self._channel.exit_status
        return (code, "") if code >= 0 else (None, "it ended without an exit status: killed, or cut off")

    def wake(self) -> None:
        """Rings the bell."""
        self._bell.set()

    def stop(self) -> None:
        """Closes the channel; the connection is kept."""
        if self._channel is not None:
            with suppress(OSError, SSHException, EOFError):
                self._channel.close()

    def _read(self) -> None:
        """Reads each stream once, so that a flood on one starves neither the other nor the deadline."""
        channel = self._channel
        assert channel is not None
        status, ended = channel.exit_status, channel.closed
        at_end = bool(ended or channel.eof_received)
        if len(channel.in_buffer) + len(channel.in_stderr_buffer) > MOST_UNREAD:
            self._lose("the host sends more than it may; it was cut off")
            return
        if channel.recv_ready():
            self.out.feed(channel.recv(PIECE))
        if channel.recv_stderr_ready():
            self.err.feed(channel.recv_stderr(PIECE))
        if channel.recv_ready() or channel.recv_stderr_ready():
            self._bell.set()
            return
        self.closed = at_end
        if status >= 0 or (ended and channel.get_transport().is_active()):
            self.exited = True
        elif ended:
            self._lose("the connection was lost; nobody knows how it ended")

    def _ask_for_a_sign(self) -> None:
        assert self._channel is not None
        if self._sign is not None:
            self._lose(f"the host gave no sign of life for {ASK_AFTER + ANSWER_WITHIN:g} s; nobody knows how it ends")
            return
        transport = self._channel.get_transport()
        self._sign = transport.completion_event = _Ring(self._bell)
        request = Message()
        request.add_byte(cMSG_GLOBAL_REQUEST)
        request.add_string("keepalive@openssh.com")
        request.add_boolean(True)
        try:
            send(self._channel, request)
        except (OSError, SSHException, EOFError) as wrong:
            self._lose(f"the connection was lost: {_said(wrong)}")

    def _lose(self, why: str) -> None:
        self.lost = why
        self._bell.set()


class _Ring(threading.Event):
    """An event that also rings a bell. What clears it leaves the bell alone."""

    def __init__(self, bell: threading.Event) -> None:
        super().__init__()
        self._also = bell

    def set(self) -> None:
        super().set()
        self._also.set()


def _said(wrong: Exception) -> str:
    return str(wrong) or type(wrong).__name__
