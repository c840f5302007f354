"""One host as the inventory names it, in a form that a run stores and reads back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from engine.primitives.values import Value
from incidents.event import Json

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """How a service without systemd or supervisor is run on a host (the pidfile driver)."""

    pidfile: str
    start: str
    log: str = ""
    stop_signal: str = "TERM"
    grace: float = 10.0


@dataclass(frozen=True, slots=True)
class Host:
    """A host of hosts.yaml; `local` has no address. Vars fill params of the same name.

    Port 0 and an empty user or identity file leave it to ~/.ssh/config; `jump` names another host.
    """

    name: str
    address: str = ""
    port: int = 0
    user: str = ""
    identity_file: str = ""
    jump: str = ""
    groups: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    vars: Mapping[str, Value] = field(default_factory=dict)
    services: Mapping[str, ServiceEntry] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        """True for the machine this process runs on."""
        return not self.address

    def to_json(self) -> dict[str, Json]:
        """The form stored in RunPlanned."""
        return {**asdict(self), "groups": list(self.groups)}

    @classmethod
    def from_json(cls, data: Mapping[str, Json]) -> Host:
        """The host that `to_json` stored; keys that a newer version added are left out. Raises ValueError."""
        return _stored().validate_python(data)


def stored_hosts(inventory: Mapping[str, Json]) -> dict[str, Host]:
    """The hosts of a recorded inventory, by name. Raises ValueError."""
    return {name: Host.from_json(entry) for name, entry in inventory.items() if isinstance(entry, dict)}


@cache
def _stored() -> TypeAdapter[Host]:
    from pydantic import TypeAdapter  # hosts are named where nothing is read back, and this import is dear

    return TypeAdapter(Host)
