"""The demo from its first line to its last: serve, kill, heal, show the record; each part is the real one."""

from __future__ import annotations

import json
import secrets
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from console.settings import ROOT, Settings, settings
from console.terminal.demo.backend import Backend
from console.terminal.environments import backend_python
from console.terminal.exits import Exits
from console.terminal.incident_pages import line_json, timeline_lines
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.start import start
from console.terminal.stdout import say, say_json
from incidents.timeline import timeline

BOOK = ROOT / "runbooks" / "emergency" / "server-down.yaml"


def demo(*, as_json: bool, keep: bool) -> Outcome:
    """Plays it through. Raises Problem; whatever happens, what was started is stopped, unless it is kept."""
    folder = settings().home / "demos" / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    backend = Backend(folder / "backend", backend_python())
    teller = _Teller(as_json)
    with _every_end_is_an_interrupt(), _stopped_at_the_end(backend, teller, keep=keep):
        backend.start()
        where = Settings(folder, (ROOT / "runbooks",), (_hosts_file(folder, backend),))
        _break(backend, teller)
        outcome = _heal(where, backend, teller)
    if keep:
        _how_to_go_on(where, backend, teller)
    return outcome


def _break(backend: Backend, teller: _Teller) -> None:
    _must(backend.answers(), "The backend does not answer right after its start.", backend)
    teller.tell("up", f"{backend.url} answers (gunicorn, pids {_list(backend.pids())})")
    teller.tell("killed", f"master and workers, with SIGKILL: pids {_list(backend.kill())}")
    _must(not backend.answers(), "The backend answers although it was killed.", backend)
    teller.tell("dead", f"{backend.url} does not answer")


def _heal(where: Settings, backend: Backend, teller: _Teller) -> Outcome:
    teller.heading("$ ./inv server-down --hosts local --no-input")
    flags = {"hosts": "local", "no_input": True, "json": teller.as_json}
    with Session(where, via="demo", abandon=backend.kill) as session:
        outcome = start(session, BOOK, flags)
        teller.heading("What its record says, written while it happened:")
        for line in timeline(session.ledger, outcome.incident):
            if teller.as_json:
                say_json(line_json(line))
            elif not line.minor:
                say("\n".join(timeline_lines([line])))
    teller.heading()
    if outcome.exits is Exits.DONE:
        _must(backend.answers(), "The run succeeded, and the backend does not answer.", backend)
        teller.tell("healed", f"{backend.url} answers (gunicorn, pids {_list(backend.pids())})")
    return outcome


def _how_to_go_on(where: Settings, backend: Backend, teller: _Teller) -> None:
    environment = f"WATCHBOOK_HOME={shlex.quote(str(where.home))} WATCHBOOK_HOSTS={shlex.quote(str(where.hosts[0]))}"
    teller.heading("The backend stays up. To go on:")
    teller.tell("use", f"export {environment}")
    teller.tell("break", f"kill -9 {' '.join(map(str, backend.pids()))}")
    teller.tell("heal", "./inv server-down")
    teller.tell("stop", f'kill "$(cat {shlex.quote(str(backend.pidfile))})"')


@contextmanager
def _stopped_at_the_end(backend: Backend, teller: _Teller, *, keep: bool) -> Iterator[None]:
    try:
        yield
    except BaseException:
        backend.stop()
        raise
    if not keep:
        backend.stop()
        teller.tell("stopped", f"the backend; everything about this demo stays in {backend.folder.parent}")


@contextmanager
def _every_end_is_an_interrupt() -> Iterator[None]:
    """So that being told to end, or losing the terminal, stops the backend too."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _hosts_file(folder: Path, backend: Backend) -> Path:
    """An inventory with this machine alone. JSON is YAML, and quotes for us."""
    service = {"pidfile": str(backend.pidfile), "start": backend.command, "log": str(backend.log)}
    local = {"groups": ["backend"], "vars": {"port": backend.port}, "services": {"linguamate-backend": service}}
    path = folder / "hosts.yaml"
    path.write_text(json.dumps({"version": 1, "hosts": {"local": local}}, indent=2) + "\n", encoding="utf-8")
    return path


def _must(holds: bool, what: str, backend: Backend) -> None:
    if not holds:
        raise Problem(what, where=backend.url, then=f"what it said: {backend.log}", exits=Exits.FAILED)


def _list(pids: list[int]) -> str:
    return ", ".join(map(str, pids)) or "none"


class _Teller:
    """The demo's own lines, for people or for scripts."""

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def heading(self, text: str = "") -> None:
        """What comes now; for people only."""
        if not self.as_json:
            say(f"\n{text}" if text else "")

    def tell(self, step: str, text: str) -> None:
        """One thing that was done or found."""
        if self.as_json:
            say_json({"schema": "watchbook/demo/1", "step": step, "text": text})
        else:
            say(f"{step:8} {text}")
