"""Why there is no connection, in words that say what to do; knows how SSH fails, and opens nothing."""

from __future__ import annotations

import socket

from paramiko.ssh_exception import AuthenticationException, ChannelException, PasswordRequiredException

from engine.reach.ssh.keys import HostKey


class Unreachable(Exception):
    """No connection; nothing was asked of the host. The text says why and what to do."""


class NoSession(Unreachable):
    """The host is connected and opens no further session now (MaxSessions)."""


class Untrusted(Unreachable):
    """The host showed a key that nobody trusts, or another than the trusted one."""

    def __init__(self, message: str, key: HostKey) -> None:
        super().__init__(message)
        self.key = key


def why(wrong: Exception, where: str, user: str) -> str:
    """What an error of connecting means. `where` is how ssh files the host, `user` who was to be let in."""
    if isinstance(wrong, socket.gaierror):
        return f"the name of {where} is not known: {wrong.strerror}"
    if isinstance(wrong, ConnectionRefusedError):
        return f"{where} refuses connections: nothing listens there"
    if isinstance(wrong, TimeoutError):
        return f"{where} does not answer"
    if isinstance(wrong, PasswordRequiredException):
        return f"the key for {where} has a passphrase: ssh-add it first; nobody is asked here"
    if isinstance(wrong, AuthenticationException):
        return f"{where} does not let {user} in: {wrong}. Which key? Name it: identity_file in hosts.yaml"
    if isinstance(wrong, ChannelException):
        return f"the jump host opens no way to {where}: {wrong}"
    if "banner" in str(wrong):
        return f"what answers at {where} does not speak SSH, or says nothing"
    return f"{where}: {wrong or type(wrong).__name__}"
