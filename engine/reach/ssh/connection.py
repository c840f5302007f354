"""One kept SSH connection: Fabric's, with our socket, pinned keys on every hop, and one deadline for all of it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from fabric.config import Config
from fabric.connection import Connection
from paramiko.channel import Channel
from paramiko.client import MissingHostKeyPolicy, SSHClient
from paramiko.pkey import PKey
from paramiko.ssh_exception import (
    BadHostKeyException,
    ChannelException,
    SSHException,
)

from engine.inventory.host import Host
from engine.reach.deadline import within
from engine.reach.ssh.keys import HostKey, KnownHosts
from engine.reach.ssh.refusals import NoSession, Unreachable, Untrusted, why
from engine.reach.ssh.shells import WaitingShells
from engine.reach.ssh.wire import ask_for, connected

CONNECT = 20.0
"""Seconds for a whole connection: name, TCP, keys, login, over all hops."""
OPEN_CHANNEL = 10.0
"""Seconds in which a host must open a channel."""
SETTLE = 1.0
"""Seconds in which a host with one session may still be closing the last one."""
IDLE_WAKE = 5.0
"""Seconds between looks of an idle connection's thread at itself; paramiko would look ten times a second."""


class KeptConnection(Connection):  # type: ignore[misc]  # Fabric has no types
    """Fabric's connection. `configure` makes a config for it and for each hop: Fabric writes to a config while it makes
    a connection, and the threads of others that shared it would read holes.
    """

    inventory_name: ClassVar[str] = ""
    _known: KnownHosts
    _configure: Callable[[], Config]
    _opening: threading.Lock
    shells: WaitingShells

    def __init__(
        self, host: Host, known: KnownHosts, configure: Callable[[], Config], gateway: KeptConnection | None = None
    ) -> None:
        self._set(
            _known=known, _configure=configure, _opening=threading.RLock(), shells=WaitingShells(),
            inventory_name=host.name,
        )  # fmt: skip
        keys = [str(Path(host.identity_file).expanduser())] if host.identity_file else []
        super().__init__(
            host.address,
            user=host.user or None,
            port=host.port or None,
            config=configure(),
            gateway=gateway,
            forward_agent=False,
            connect_kwargs={"key_filename": keys},
        )

    def get_gateway(self) -> KeptConnection | str | None:
        """The hops of ProxyJump, each checked like the host itself; `none` means none."""
        jump = self.ssh_config.get("proxyjump", "")
        if jump and jump.lower() != "none":
            gateway: KeptConnection | None = None
            for hop in jump.split(","):
                gateway = KeptConnection(self._hop(hop.strip()), self._known, self._configure, gateway)
            return gateway
        command = self.ssh_config.get("proxycommand", "")
        return command if command and command.lower() != "none" else None

    @property
    def trusted(self) -> dict[str, PKey]:
        """The keys this host may show."""
        return self._known.trusted(self.server)

    @property
    def server(self) -> str:
        """The name ssh files its key under."""
        return self.host if self.port == 22 else f"[{self.host}]:{self.port}"

    def open(self) -> None:
        """Connects unless it is connected. Raises Unreachable within CONNECT seconds."""
        with self._opening:
            if not self.is_connected:
                self.shells.forget()
                self._connect_in_time()

    def open_gateway(self) -> Any:
        """The way through the last hop."""
        if isinstance(self.gateway, str):
            return super().open_gateway()
        self.gateway.open()
        return self.gateway.transport.open_channel(
            "direct-tcpip", dest_addr=(self.host, self.port), src_addr=("", 0), timeout=OPEN_CHANNEL
        )

    def create_session(self) -> Channel:
        """A new channel. Raises Unreachable."""
        self.open()
        deadline = time.monotonic() + SETTLE
        while True:
            try:
                channel: Channel = self.transport.open_session(timeout=OPEN_CHANNEL)
                return channel
            except ChannelException as wrong:
                if time.monotonic() > deadline:
                    raise NoSession(f"{self.server} opens no session: {wrong}") from wrong
                time.sleep(0.02)
            except (SSHException, EOFError, OSError) as wrong:
                self.close()
                raise Unreachable(f"{self.server} stopped answering: {wrong or type(wrong).__name__}") from wrong

    def shell(self, command: str) -> Channel:
        """A channel on which `command`, the shell that reads our text, was asked for: the waiting one, or a new one.

        Raises Unreachable.
        """
        self.open()
        channel = self.shells.take()
        if channel is None:
            channel = self.create_session()
            ask_for(channel, command)
        return channel

    def close(self) -> None:
        """Ends the connection and those it came through."""
        self._give_up()
        super().close()
        if isinstance(self.gateway, KeptConnection):
            self.gateway.close()

    def _connect_in_time(self) -> None:
        try:
            within(CONNECT, self._connect, self._give_up)
        except TimeoutError:
            raise Unreachable(f"no SSH connection to {self.server} within {CONNECT:g} s") from None

    def _connect(self) -> None:
        self.client = SSHClient()
        for kind, key in self.trusted.items():
            self.client.get_host_keys().add(self.server, kind, key)
        self.client.set_missing_host_key_policy(_Refuse(self))
        only_ours = self.ssh_config.get("identitiesonly", "no") == "yes"
        self.connect_kwargs.update(
            banner_timeout=CONNECT, auth_timeout=CONNECT, channel_timeout=OPEN_CHANNEL, timeout=CONNECT,
            allow_agent=not only_ours, look_for_keys=not self.connect_kwargs.get("key_filename"),
        )  # fmt: skip
        try:
            if not self.gateway:
                self.connect_kwargs["sock"] = connected(self.host, self.port, CONNECT)
            super().open()
        except Unreachable:
            raise
        except BadHostKeyException as wrong:
            self._changed(wrong.key)
        except (OSError, SSHException, EOFError) as wrong:
            raise Unreachable(why(wrong, self.server, self.user)) from wrong
        self.transport.sock.settimeout(IDLE_WAKE)

    def _give_up(self) -> None:
        """Wakes the transport's thread, which would sleep on its socket."""
        transport = self.client.get_transport()
        if transport is not None:
            with suppress(OSError, EOFError):
                transport.sock.shutdown(socket.SHUT_RDWR)

    def _changed(self, shown: PKey) -> NoReturn:
        key = HostKey.of(self.server, shown)
        trusted = " or ".join(str(HostKey.of(self.server, one)) for one in self.trusted.values())
        raise Untrusted(
            f"{self.server} shows another key than the trusted one: {key}, trusted is {trusted}. Was it replaced? "
            f"Then: ./inv host.trust {self.inventory_name} --replace --reason WHY",
            key,
        )

    def _hop(self, text: str) -> Host:
        part = self.derive_shorthand(text)
        return Host(text, part["host"], part["port"] or 0, part["user"] or "")


class _Refuse(MissingHostKeyPolicy):
    """An unknown key ends the connection before anything is said on it."""

    def __init__(self, connection: KeptConnection) -> None:
        self._connection = connection

    def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> NoReturn:  # noqa: ARG002
        shown = HostKey.of(hostname, key)
        raise Untrusted(
            f"{hostname} is not known yet; it shows {shown}. Compare that with the host's own, then: "
            f"./inv host.trust {self._connection.inventory_name}",
            shown,
        )
