"""gunicorn's threaded worker, with our envelope for what never reaches the application; must not know Flask."""

from __future__ import annotations

import socket
import uuid
from typing import Any

from gunicorn import util
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.http.message import Request
from gunicorn.http.wsgi import Response
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.deploy.slow_clients import HeadWatch
from app.http.envelope import envelope, refusal
from app.http.security_headers import security_headers
from app.logs.lines import logger

HEAD_SECONDS = 10.0
_Address = tuple[str, int] | str | int
_REASONS = {
    400: "Bad Request",
    414: "URI Too Long",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
}


def _nameless_headers(self: Response) -> list[str]:
    return [line for line in _default_headers(self) if not line.startswith("Server:")]


_default_headers = Response.default_headers
# gunicorn has no setting for it
Response.default_headers = _nameless_headers  # type: ignore[method-assign]


class JsonWorker(ThreadWorker):
    """Requests too broken to be parsed get the JSON envelope and the security headers, not HTML.

    A request head that does not arrive within HEAD_SECONDS ends its connection.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heads = HeadWatch(HEAD_SECONDS)

    def enqueue_req(self, conn: TConn) -> None:
        """A connection waits for a thread: its time runs from here, or each row of dawdlers would begin anew."""
        self.heads.begin(conn.sock)
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> bool:
        """One request of a connection, from its first byte."""
        try:
            return super().handle(conn)
        finally:
            self.heads.end(conn.sock)

    def handle_request(self, req: Request, conn: TConn) -> bool:
        """The head was read."""
        self.heads.end(conn.sock)
        return super().handle_request(req, conn)

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """A worker that is stopping lets go of its listeners: nobody is left waiting in a queue that is not served."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()

    def murder_pending(self) -> None:
        """Called every second or so by the worker's main loop."""
        super().murder_pending()
        self.heads.sweep()

    def handle_error(
        self,
        req: Request | None,  # noqa: ARG002
        client: socket.socket,
        addr: _Address,  # noqa: ARG002
        exc: BaseException,
    ) -> None:
        """Answer a request that could not be parsed (4xx) or whose handling failed outside the application (500)."""
        status = 500
        if isinstance(exc, ParseException):
            status = 414 if isinstance(exc, LimitRequestLine) else 431 if isinstance(exc, LimitRequestHeaders) else 400
        request_id = str(uuid.uuid4())
        logger().write(
            "ERROR" if status == 500 else "WARN",
            "server_error" if status == 500 else "SEC_INPUT_MALFORMED_REQUEST",
            f"{type(exc).__name__} before the application",
            cat="server",
            corr={"correlationId": request_id},
            err={"type": type(exc).__name__, "message": str(exc)[:200]},
        )
        body = envelope(refusal(status), request_id)
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "x-correlation-id": request_id,
        } | security_headers(production=True)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        try:
            util.write_nonblock(client, f"HTTP/1.1 {status} {_REASONS[status]}\r\n{head}\r\n".encode() + body)
        except OSError:
            self.log.debug("The client was gone before its error could be sent.")
