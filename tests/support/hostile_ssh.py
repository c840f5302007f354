"""An SSH server in this process that behaves as badly as it is told to: each mode is a way hosts really fail."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import paramiko
from paramiko.common import (
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
    cMSG_CHANNEL_DATA,
    cMSG_CHANNEL_REQUEST,
)
from paramiko.message import Message

Behave = Callable[[paramiko.Channel, str], None]
"""What the server does with a command: gets the channel and the act's nonce."""


class HostileServer:
    """`greet` replaces the SSH handshake; `sessions` is how many channels are opened at all; `behave` runs each act.
    A shell that gets no text for `waits` seconds is ended. With a `window` nothing beyond so many bytes is ever taken.
    """

    def __init__(
        self,
        behave: Behave | None = None,
        *,
        greet: Callable[[socket.socket], None] | None = None,
        sessions: int = 1000,
        mute_login: bool = False,
        waits: float = 60.0,
        window: int | None = None,
    ) -> None:
        self.key = paramiko.ECDSAKey.generate()
        self.behave, self.greet, self.sessions, self.mute_login = behave, greet, sessions, mute_login
        self.waits, self.window = waits, window
        self.closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._transports: list[paramiko.Transport] = []
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name="hostile").start()

    def stop(self) -> None:
        self.closing.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for transport in self._transports:
            transport.close()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True, name="hostile").start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            if self.greet is not None:
                self.greet(connection)
                return
            transport = paramiko.Transport(connection, default_window_size=self.window or 2**21)
            self._transports.append(transport)
            transport.add_server_key(self.key)
            transport.start_server(server=_Server(self))


class _Server(paramiko.ServerInterface):
    def __init__(self, hostile: HostileServer) -> None:
        self._hostile = hostile
        self._opened = 0

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        if self._hostile.mute_login:
            self._hostile.closing.wait(30)
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        self._opened += 1
        if self._opened > self._hostile.sessions:
            if self._hostile.behave is None:
                self._hostile.closing.wait(30)
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(target=self._run, args=(channel,), daemon=True, name="hostile").start()
        return True

    def _run(self, channel: paramiko.Channel) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            if self._hostile.window:
                self._hostile.closing.wait(30)
            channel.settimeout(self._hostile.waits)
            text = b""
            while data := channel.recv(65536):
                text += data
            nonce = re.search(rb"printf '%s %s\\n' ([0-9a-f]{32})", text)
            if nonce and self._hostile.behave:
                channel.settimeout(None)
                self._hostile.behave(channel, nonce[1].decode())
                return
        with suppress(OSError, EOFError, paramiko.SSHException):
            channel.send_exit_status(1)
            channel.close()


def begin(channel: paramiko.Channel, nonce: str) -> None:
    """What the wrapper says before the script begins."""
    channel.sendall_stderr(f"{nonce} 4194303\n".encode())
    channel.sendall(f"{nonce}\n".encode())


def status(channel: paramiko.Channel, code: int) -> None:
    """An exit status, and nothing else of what should come with it."""
    message = Message()
    message.add_byte(cMSG_CHANNEL_REQUEST)
    message.add_int(channel.remote_chanid)
    message.add_string("exit-status")
    message.add_boolean(False)
    message.add_int(code)
    send(channel, message)


def data_beyond_the_window(channel: paramiko.Channel, data: bytes) -> None:
    """Bytes that nobody allowed it to send."""
    message = Message()
    message.add_byte(cMSG_CHANNEL_DATA)
    message.add_int(channel.remote_chanid)
    message.add_string(data)
    send(channel, message)


def send(channel: paramiko.Channel, message: Message) -> None:
    channel.get_transport()._send_user_message(message)  # type: ignore[attr-defined]  # a server that plays by no rules


def for_ever(seconds: float = 20.0, every: float = 0.0) -> Callable[[], bool]:
    """A condition that holds long enough for any test, and ends by itself."""
    end = time.monotonic() + seconds

    def go_on() -> bool:
        time.sleep(every)
        return time.monotonic() < end

    return go_on


def silent(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.recv(1)
        time.sleep(10)


def chatter(sock: socket.socket) -> None:
    go_on = for_ever(10, 0.05)
    with suppress(OSError):
        while go_on():
            sock.sendall(b"HTTP/1.1 400 Bad Request\r\n")


def trickle(sock: socket.socket) -> None:
    go_on = for_ever(10, 0.2)
    with suppress(OSError):
        while go_on():
            sock.sendall(b"S")


def hang_up(sock: socket.socket) -> None:
    sock.close()
