"""HTTP from this machine under one deadline for everything (names, connection, headers, body); follows nothing."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit

from engine.reach.edge import plain_headers
from engine.reach.place import Request, Response


def ask(request: Request) -> Response:
    """Asks in a thread, since neither name look-up nor a server that trickles can be bounded from inside."""
    began = time.monotonic()
    exchange = _Exchange(request)
    asking = threading.Thread(target=exchange.run, name="http", daemon=True)
    asking.start()
    asking.join(request.timeout)
    status, headers, body, message = exchange.give_up(f"no whole answer within {request.timeout:g} s")
    return Response(status, headers, body, time.monotonic() - began, message, sent=exchange.connected)


class _Exchange:
    def __init__(self, request: Request) -> None:
        self._request = request
        self._lock = threading.Lock()
        self._connection: http.client.HTTPConnection | None = None
        self._answer: tuple[int, dict[str, str], bytes, str] | None = None

    def run(self) -> None:
        """Asks, and leaves the answer unless it came too late."""
        try:
            answer = self._ask()
        except ssl.SSLError as wrong:
            answer = (0, {}, b"", f"TLS failed: {wrong.reason or wrong}")
        except (OSError, http.client.HTTPException, ValueError) as wrong:
            answer = (0, {}, b"", f"no answer: {wrong or type(wrong).__name__}")
        with self._lock:
            self._answer = self._answer or answer

    @property
    def connected(self) -> bool:
        """True once the request may have left; after `give_up` this never changes."""
        return self._connection is not None

    def give_up(self, message: str) -> tuple[int, dict[str, str], bytes, str]:
        """The answer, or `message` in its place; the connection is cut either way, so that the thread ends."""
        with self._lock:
            self._answer = self._answer or (0, {}, b"", message)
            sock = self._connection and self._connection.sock
        if sock:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        return self._answer

    def _ask(self) -> tuple[int, dict[str, str], bytes, str]:
        request = self._request
        parts = urlsplit(request.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{request.url!r} is not an http:// or https:// address")
        headers_sent = plain_headers(request)
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = make(parts.hostname, parts.port, timeout=request.timeout)
        connection.connect()
        with self._lock:
            if self._answer:
                connection.close()
                raise TimeoutError("given up while it connected; nothing was sent")
            self._connection = connection
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(request.method, path, request.body or None, headers_sent)
            response = connection.getresponse()
            body = response.read(request.max_body + 1)
            headers: dict[str, str] = {}
            for name, value in response.getheaders():
                headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
            return response.status, headers, body[: request.max_body], _missing(len(body), request.max_body, response)
        finally:
            connection.close()


def _missing(length: int, limit: int, response: http.client.HTTPResponse) -> str:
    if length > limit:
        return f"the body was cut at {limit:,} bytes"
    return f"the body ended {response.length:,} bytes early" if response.length else ""
