"""The socket under a connection, and requests that paramiko would wait for; knows no host and no key."""

from __future__ import annotations

import socket
from typing import Any

from paramiko.channel import Channel
from paramiko.common import cMSG_CHANNEL_REQUEST
from paramiko.message import Message

GONE_MS = 15_000
"""Unacknowledged data after so many milliseconds ends the connection (Linux)."""


def ask_for(channel: Channel, command: str) -> None:
    """Asks for a command without paramiko's wait for consent, which buys nothing: a refusal closes the channel."""
    request = Message()
    request.add_byte(cMSG_CHANNEL_REQUEST)
    request.add_int(channel.remote_chanid)
    request.add_string("exec")
    request.add_boolean(True)
    request.add_string(command)
    send(channel, request)


def send(channel: Channel, message: Message) -> None:
    """A message of our own on a channel's connection."""
    transport: Any = channel.get_transport()
    transport._send_user_message(message)


def connected(host: str, port: int, timeout: float) -> socket.socket:
    """Without Nagle, whose wait for an acknowledgement would cost 40 ms a step."""
    sock = socket.create_connection((host, port), timeout=timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_MS)
    return sock
