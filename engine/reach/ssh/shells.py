"""The shells that wait on a host for the next steps' texts: how many, and when a host will have none; runs nothing."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress

from paramiko.channel import Channel
from paramiko.ssh_exception import SSHException
from paramiko.transport import Transport

from engine.reach.ssh.wire import ask_for

AHEAD = 2.0
"""Seconds a step may lose to starting the next one's shell; a host that takes longer is not asked again."""
LONG_LINE = 0.01
"""Seconds for opening a channel from which on two shells are kept waiting."""


class WaitingShells:
    """A host's sshd grants a channel no window before its shell runs, so that a step would take two round trips.

    On a long line two shells wait: the second is opened in one step, granted its window in the next, and used then.
    """

    def __init__(self) -> None:
        self._waiting: deque[Channel] = deque()
        self._wanted = 1

    def take(self) -> Channel | None:
        """One that waits and lives; the caller's from now on."""
        with suppress(IndexError):
            while (channel := self._waiting.popleft()).closed:
                continue
            return channel
        return None

    def fill(self, transport: Transport, command: str) -> None:
        """Starts what is wanting, while a step runs; a host that allows one session is left be from then on."""
        while len(self._waiting) < self._wanted:
            began = time.monotonic()
            try:
                channel = transport.open_session(timeout=AHEAD)
                ask_for(channel, command)
            except (SSHException, EOFError, OSError):
                self._wanted = 0
                return
            self._waiting.append(channel)
            self._wanted = 2 if time.monotonic() - began > LONG_LINE else 1

    def forget(self) -> None:
        """The connection is a new one."""
        self._waiting.clear()

    def give_up(self) -> bool:
        """For a host that ends shells which wait; False when it was given up before."""
        wanted, self._wanted = self._wanted, 0
        return wanted > 0
