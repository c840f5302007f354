"""A host over SSH as a place: one kept connection, and what can be done over it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.inventory.host import Host
from engine.reach.asking import Answer, question
from engine.reach.edge import Unsendable
from engine.reach.files import Limits, Problem
from engine.reach.place import Command, Completed, Request, Response, Transfer
from engine.reach.runner import Job, Ran
from engine.reach.shell_place import ShellPlace, nobody
from engine.reach.ssh import sftp
from engine.reach.ssh.connection import KeptConnection
from engine.reach.ssh.refusals import NoSession, Unreachable

_DIGEST = """
if command -v sha256sum >/dev/null; then set -- sha256sum
elif command -v shasum >/dev/null; then set -- shasum -a 256
elif command -v openssl >/dev/null; then set -- openssl dgst -sha256 -r
else echo "it has no sha256sum, shasum or openssl" >&2; exit 69
fi
head -c "$length" <"$path" | "$@"
"""


class SshPlace(ShellPlace):
    """Commands run in the home directory of the user that logs in."""

    def __init__(self, host: Host, connect: Callable[[], KeptConnection]) -> None:
        super().__init__(host)
        self._connect = connect
        self._kept = connect()

    def launch(self, job: Job) -> Completed:
        """Over the kept connection; where that allows one session and it is taken, over one of its own."""
        try:
            done = _launch(self._kept, job)
            if done.ended == "unreachable" and self._kept.is_connected and self._kept.shells.give_up():
                return _launch(
                    self._kept, job
                )  # nothing began: the shell that waited was gone, which a fresh one is not
            return done
        except NoSession:
            spare = self._connect()
            try:
                return _launch(spare, job)
            except NoSession as wrong:
                return Completed("unreachable", None, 0.0, message=str(wrong))
            finally:
                spare.close()

    def http(self, request: Request) -> Response:
        """Asks with what the host has."""
        try:
            command = question(request)
        except Unsendable as wrong:
            return Response(0, {}, b"", 0.0, f"no answer: {wrong}", sent=False)
        answer = Answer(request)
        return answer.response(self.run(command, answer))

    def put(self, source: Path, target: str, *, mode: int, limit: int, timeout: float) -> Transfer:
        """By sftp; a relative path starts at the home directory."""
        return sftp.put(self._kept, self._digest, source, target, mode, Limits.of(limit, timeout))

    def get(self, source: str, target: Path, *, limit: int, timeout: float) -> Transfer:
        """By sftp; a relative path starts at the home directory."""
        return sftp.get(self._kept, self._digest, source, target, Limits.of(limit, timeout))

    def _digest(self, path: str, length: int) -> str:
        done = self.run(Command(_DIGEST, f"sha256 of {path}", {"path": path, "length": str(length)}), nobody)
        if done.ended != "exited" or done.exit != 0:
            raise Problem(f"the host cannot hash it: {done.message or done.err.text.strip()}")
        return done.out.text.split()[0]

    def close(self) -> None:
        """Ends the connection."""
        self._kept.close()


def _launch(connection: KeptConnection, job: Job) -> Completed:
    """Through Fabric, by our runner."""
    try:
        ran = connection.run("exec sh -s", job=job)
    except NoSession:
        raise
    except Unreachable as wrong:
        return Completed("unreachable", None, 0.0, message=str(wrong))
    assert isinstance(ran, Ran)
    return ran.completed
