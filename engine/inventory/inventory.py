"""Hosts by name and by group, and how a person's choice becomes hosts; knows no file and no connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.inventory.host import Host
from engine.primitives.faults import did_you_mean

LOCAL = "local"


class InventoryError(Exception):
    """A choice that names no host; `hint` is what to type."""

    def __init__(self, message: str, hint: str = "./inv host.list") -> None:
        super().__init__(message)
        self.hint = hint


class Inventory:
    """The hosts a run may touch, in the order of their file. `local`, this machine, is always one of them."""

    def __init__(self, hosts: Iterable[Host] = ()) -> None:
        self._hosts = {host.name: host for host in hosts}
        self._hosts.setdefault(LOCAL, Host(LOCAL))

    def __iter__(self) -> Iterator[Host]:
        return iter(self._hosts.values())

    def __getitem__(self, name: str) -> Host:
        """The host of that name. Raises InventoryError."""
        return self._hosts[name] if name in self._hosts else self._unknown(name, self._hosts)

    @property
    def names(self) -> tuple[str, ...]:
        """Every host."""
        return tuple(self._hosts)

    @property
    def groups(self) -> dict[str, tuple[Host, ...]]:
        """The hosts of every group."""
        found: dict[str, tuple[Host, ...]] = {}
        for host in self:
            for group in host.groups:
                found[group] = (*found.get(group, ()), host)
        return found

    def way_to(self, host: Host) -> tuple[Host, ...]:
        """The hosts that one is reached through, nearest to it first. Raises InventoryError."""
        way: list[Host] = []
        while host.jump and len(way) < len(self._hosts):
            host = self[host.jump]
            way.append(host)
        return tuple(way)

    def choose(self, text: str) -> tuple[Host, ...]:
        """The hosts of a comma list of hosts and groups, each once, in that order. Raises InventoryError."""
        groups = self.groups
        chosen: dict[str, Host] = {}
        for part in (part.strip() for part in text.split(",")):
            if not part:
                raise InventoryError(
                    f"{text!r} has an empty place; write hosts and groups with commas between: web,db-1"
                )
            found = groups.get(part) or ((self[part],) if part in self._hosts else ())
            if not found:
                self._unknown(part, {**self._hosts, **groups})
            chosen.update((host.name, host) for host in found)
        return tuple(chosen.values())

    def _unknown(self, name: str, known: Iterable[str]) -> Host:
        known = list(known)
        close = did_you_mean(name, known)
        there = ", ".join(known[:12]) + (f" and {len(known) - 12} more" if len(known) > 12 else "")
        raise InventoryError(
            f"no host or group is called {name!r}" + (f"; {close}" if close else f"; there are: {there}")
        )
