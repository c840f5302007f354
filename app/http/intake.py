"""Bounds what a client may send: 10 MB, and all of it in time; must not read it."""

from __future__ import annotations

import socket
import time
from typing import Protocol

from flask import Flask, Response, request

from app.http.envelope import ApiError, refusal

MAX_BODY_BYTES = 10 * 1024 * 1024


class _Readable(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...
    def discard(self, most: int) -> None:
        """Read and forget what is left, at most `most` bytes, so that the client can finish and hear its answer."""
        left = most
        try:
            while left > 0 and (piece := self.read(min(left, 65_536))):
                left -= len(piece)
        except ApiError:
            return

    def readline(self, size: int = ..., /) -> bytes: ...


class TimedInput:
    """A request body that must arrive whole before its deadline, however slowly it drips."""

    def __init__(self, body: _Readable, connection: socket.socket, seconds: float) -> None:
        self._body = body
        self._connection = connection
        self._deadline = time.monotonic() + seconds

    def read(self, size: int = -1, /) -> bytes:
        """As the body's own; raises the 408 when the deadline passes."""
        left = self._deadline - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            return self._body.read(size)
        except TimeoutError:
            raise refusal(408) from None
        except Exception as error:
            raise refusal(400, "The request body is not framed as announced") from error

    def discard(self, most: int) -> None:
        """Read and forget what is left, at most `most` bytes, so that the client can finish and hear its answer."""
        left = most
        try:
            while left > 0 and (piece := self.read(min(left, 65_536))):
                left -= len(piece)
        except ApiError:
            return

    def readline(self, size: int = -1, /) -> bytes:
        """As the body's own."""
        return self._body.readline(size)


def register(app: Flask, *, seconds: float) -> None:
    """Refuse bodies over 10 MB before any view runs, and bodies that take longer than `seconds`."""
    # Werkzeug refuses a body without an announced length when it reaches this, not when it exceeds it.
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES + 1

    @app.before_request
    def bound() -> None:
        environ = request.environ
        if "CONTENT_LENGTH" not in environ and "HTTP_TRANSFER_ENCODING" not in environ:
            return
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            environ["wsgi.input"] = TimedInput(environ["wsgi.input"], connection, seconds)
        if (request.content_length or 0) > MAX_BODY_BYTES:
            raise refusal(413)

    @app.after_request
    def finish(response: Response) -> Response:
        body = request.environ["wsgi.input"]
        if isinstance(body, TimedInput):
            body.discard(2 * MAX_BODY_BYTES)
        return response
