"""Believes X-Forwarded-* only from proxies it was told of; must not know what the address is used for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FORWARDING = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")


class NamedProxies:
    """WSGI middleware. From a named peer the last `count` hops count; from any other the headers mean nothing.

    `backend.peer` in the environ is the address of whoever really connected (empty: unix socket);
    `backend.forwarded` says whether the request claims to have come through a proxy.
    """

    def __init__(self, application: WSGIApplication, *, count: int, named: tuple[str, ...]) -> None:
        self._direct = application
        self._proxied = ProxyFix(application, x_for=count, x_proto=count, x_host=count)
        self._count = count
        self._unix = "unix" in named
        self._networks = [ipaddress.ip_network(name, strict=False) for name in named if name != "unix"]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        peer = environ.get("REMOTE_ADDR", "")
        environ["backend.peer"] = peer
        environ["backend.forwarded"] = any(name in environ for name in _FORWARDING)
        trusted = self._count > 0 and self._is_named(peer)
        return (self._proxied if trusted else self._direct)(environ, start_response)

    def _is_named(self, peer: str) -> bool:
        if not peer:
            return self._unix
        address = ipaddress.ip_address(peer)
        return any(address in network for network in self._networks)
