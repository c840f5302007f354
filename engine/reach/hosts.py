"""Reaches every host the way it is reached: this machine directly, others over SSH, which is loaded when needed."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from engine.inventory.host import Host
from engine.reach.local import LocalReach
from engine.reach.place import Place

if TYPE_CHECKING:
    from engine.reach.ssh.reach import SshReach


class HostReach:
    """`known_hosts` is our file of trusted keys; `hosts` is where `jump` finds its host by name."""

    def __init__(self, known_hosts: Path, hosts: Mapping[str, Host]) -> None:
        self._known_hosts, self._hosts = known_hosts, hosts
        self._local = LocalReach()
        self._ssh: SshReach | None = None
        self._lock = threading.Lock()

    def place(self, host: Host) -> Place:
        """The kept place of a host."""
        return self._local.place(host) if host.is_local else self._over_ssh().place(host)

    def close(self) -> None:
        """Closes every place."""
        self._local.close()
        if self._ssh is not None:
            self._ssh.close()

    def _over_ssh(self) -> SshReach:
        with self._lock:
            if self._ssh is None:
                from engine.reach.ssh.keys import KnownHosts  # Fabric takes 150 ms, and many runs stay here
                from engine.reach.ssh.reach import SshReach

                self._ssh = SshReach(KnownHosts(self._known_hosts), self._hosts)
            return self._ssh
