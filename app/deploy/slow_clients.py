"""Ends connections whose request head does not arrive in time; must not know what is in it."""

from __future__ import annotations

import socket
import threading
import time


class HeadWatch:
    """Whose request head is awaited, and since when.

    Without it eight clients that send a byte a minute would hold every thread there is.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._reading: dict[socket.socket, float] = {}
        self._lock = threading.Lock()

    def begin(self, connection: socket.socket) -> None:
        """Its head is awaited from now on."""
        with self._lock:
            self._reading[connection] = time.monotonic()

    def end(self, connection: socket.socket) -> None:
        """The head is there, or the connection is gone."""
        with self._lock:
            self._reading.pop(connection, None)

    def sweep(self) -> None:
        """Shut down what takes too long; the thread that reads then sees the end of the stream."""
        now = time.monotonic()
        with self._lock:
            late = [connection for connection, since in self._reading.items() if now - since > self._seconds]
        for connection in late:
            try:
                connection.shutdown(socket.SHUT_RD)
            except OSError:
                self.end(connection)
