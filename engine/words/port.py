"""Whether a TCP port accepts connections, asked on the host with whatever can connect there."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from engine.primitives.scope import Scope
from engine.primitives.types import Duration, Template
from engine.reach.place import Command
from engine.words.ending import last_line, printable, silent, undecided
from engine.words.word import Model, Observation, Scene

_SCRIPT = """
if command -v python3 >/dev/null; then
    python3 -c '
import socket, sys
try:
    socket.create_connection(sys.argv[1:3], float(sys.argv[3])).close()
    print("open")
except OSError as wrong:
    print("closed:", wrong.strerror or wrong)' "$port_host" "$port_number" "$port_wait"
elif command -v bash >/dev/null && command -v timeout >/dev/null; then
    timeout "$port_wait" bash -c 'exec 3<>"/dev/tcp/$port_host/$port_number"' 2>/dev/null && echo open || echo closed
else
    echo 'nothing there can connect; install python3 or bash' >&2
fi
"""


class PortProbe(Model):
    """Does something accept connections on a TCP port?

    port: {number: "{{ port }}", is: open}
    """

    number: Template
    """The port, 1 to 65535."""
    host: Template | None = None
    """The address, seen from the step's host; itself (127.0.0.1) when missing."""
    is_: Literal["open", "closed"] = Field(default="open", alias="is")
    """What it should be."""
    timeout: Duration = 5.0
    """How long connecting may take."""

    def show(self, scope: Scope) -> str:
        """Address, port, and what it should be."""
        return f"{self._address(scope)}:{self.number.render(scope)} is {self.is_}"

    def observe(self, scene: Scene) -> Observation:
        """Tries to connect, once."""
        address, number = self._address(scene.scope), self.number.render(scene.scope)
        if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) < 65536):
            return Observation(None, f"{number[:20]!r} is not a port (1 to 65535)")
        wait = min(self.timeout, scene.timeout)
        variables = {"port_host": address, "port_number": number, "port_wait": str(max(1, round(wait)))}
        command = Command(_SCRIPT, f"connect to {address}:{number}", variables, timeout=wait + 5.0)
        completed = scene.place.run(command, silent)
        line = f"{address}:{number}"
        if completed.ended != "exited":
            return undecided(completed, line)
        found, _, why = completed.out.text.strip().partition(": ")
        if found not in ("open", "closed"):
            return Observation(None, f"{line} -> {last_line(completed.err.text)}", completed.seconds)
        said = f"{line} is {found}" + (f" ({printable(why, 80)})" if why else "")
        expected = "" if found == self.is_ else f", expected {self.is_}"
        return Observation(found == self.is_, said + expected, completed.seconds)

    def _address(self, scope: Scope) -> str:
        return self.host.render(scope) if self.host is not None else "127.0.0.1"
