"""Which key a host shows now, asked without logging in; it trusts nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass

from engine.reach.ssh.connection import KeptConnection
from engine.reach.ssh.keys import HostKey
from engine.reach.ssh.refusals import Unreachable, Untrusted


@dataclass(frozen=True, slots=True)
class Shown:
    """The key, and whether it is the trusted one (`known`), another than it (`changed`), or the first one seen."""

    key: HostKey
    known: bool
    changed: bool


def shown_by(connection: KeptConnection) -> Shown:
    """Raises Unreachable, also when a jump host on the way is not trusted itself."""
    try:
        connection.open()
    except Untrusted as wrong:
        if wrong.key.server != connection.server:
            raise
        return Shown(wrong.key, known=False, changed=bool(connection.trusted))
    except Unreachable:
        transport = connection.client.get_transport()
        if transport is None or transport.host_key is None:
            raise
        return Shown(HostKey.of(connection.server, transport.host_key), known=True, changed=False)
    try:
        return Shown(HostKey.of(connection.server, connection.transport.get_remote_server_key()), True, False)
    finally:
        connection.close()
