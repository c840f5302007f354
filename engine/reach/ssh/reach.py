"""Reaches hosts over SSH: one place and one connection each, jump hosts shared and checked like any other."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial

from fabric.config import Config

from engine.inventory.host import Host
from engine.reach.place import Place
from engine.reach.ssh.connection import KeptConnection
from engine.reach.ssh.keys import KnownHosts
from engine.reach.ssh.place import SshPlace
from engine.reach.ssh.runner import SshRunner


class SshReach:
    """`hosts` is where `jump` finds its host by name. Safe to share between threads."""

    def __init__(self, known: KnownHosts, hosts: Mapping[str, Host]) -> None:
        self._known = known
        self._hosts = hosts
        ssh_config = Config().base_ssh_config
        self._configure = partial(Config, overrides={"runners": {"remote": SshRunner}}, ssh_config=ssh_config)
        self._places: dict[str, SshPlace] = {}
        self._lock = threading.Lock()

    def place(self, host: Host) -> Place:
        """The kept place of `host`; it connects when it is first asked something."""
        with self._lock:
            if host.name not in self._places:
                self._places[host.name] = SshPlace(host, partial(self.connection, host))
            return self._places[host.name]

    def connection(self, host: Host) -> KeptConnection:
        """A connection to `host`, through its jump hosts."""
        gateway = self.connection(self._hosts[host.jump]) if host.jump else None
        return KeptConnection(host, self._known, self._configure, gateway)

    def close(self) -> None:
        """Ends every connection."""
        for place in self._places.values():
            place.close()
