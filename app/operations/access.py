"""Lets operators in: from this machine, by the unix socket, or with the operations token; nobody else."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from flask import Response, request

from app.http.envelope import refusal
from app.logs.lines import logger

View = TypeVar("View", bound=Callable[..., Response])
TOKEN_HEADER = "X-Operations-Token"  # noqa: S105 - a header's name


class Access:
    """The guard in front of every operations route."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def __call__(self, view: View) -> View:
        """A view decorator."""

        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> Response:
            self._check()
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    def _check(self) -> None:
        given = request.headers.get(TOKEN_HEADER)
        if given is not None:
            if self._token and hmac.compare_digest(self._token, given.encode("utf-8", "replace")):
                return
            logger().warn("SEC_AUTHZ_DENIED", "Wrong operations token", cat="security", code="UNAUTHORIZED")
            raise refusal(401, details={"reason": "BAD_SIGNATURE"})
        if not _is_local():
            logger().warn("SEC_AUTHZ_DENIED", "Operations route from outside", cat="security", code="FORBIDDEN")
            raise refusal(403)


def _is_local() -> bool:
    """Whether a process of this machine asks, directly.

    A proxy on this machine speaks for others, so forwarding headers disqualify. A browser on this
    machine may speak for a web page: an Origin, or a name in Host that a stranger's DNS points here
    (rebinding), disqualify too.
    """
    peer = request.environ["backend.peer"]
    if request.environ["backend.forwarded"] or "Origin" in request.headers:
        return False
    return not peer or (_is_loopback(peer) and _is_loopback(request.host.rpartition(":")[0] or request.host))


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return name == "localhost"
