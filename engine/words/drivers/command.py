"""One constant sh script for every service on every host; what to do arrives as variables, the answer as an exit."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from engine.inventory.host import Host, ServiceEntry
from engine.reach.place import Become, Command

Verb = Literal["start", "stop", "restart", "reload", "state", "pid", "started_at", "logs"]

ALREADY = 3
"""The script's exit when nothing had to be done."""
FILES = ("common.sh", "process.sh", "pidfile.sh", "systemd.sh", "supervisor.sh", "dispatch.sh")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9@:._\\-]{0,254}", re.ASCII)


@cache
def script() -> str:
    """The drivers and the dispatcher that finds the right one, in one text."""
    folder = Path(__file__).parent
    return "\n".join((folder / name).read_text(encoding="utf-8") for name in FILES)


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a log: the last `lines`, not older than `since` seconds, `size` bytes at most."""

    lines: int = 200
    since: float | None = None
    size: int = 1 << 20


def driver_command(
    verb: Verb, name: str, host: Host, *, timeout: float, become: Become | None, window: Window
) -> Command:
    """The command that does `verb` to a service. Raises ValueError for what cannot be a service's name.

    Only these variables go along: a service that is started must not inherit the run's params.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is not a service's name (letters, digits, @ : . _ -)")
    entry = host.services.get(name, ServiceEntry(pidfile="", start=""))
    variables = {
        "svc_verb": verb,
        "svc_name": name,
        "svc_pidfile": entry.pidfile,
        "svc_start": entry.start,
        "svc_log": entry.log,
        "svc_stop_signal": entry.stop_signal,
        "svc_grace": str(math.ceil(entry.grace)),
        "svc_wait": str(max(1, int(timeout) - 2)),
        "svc_lines": str(window.lines),
        "svc_since": "" if window.since is None else str(math.ceil(window.since)),
        "svc_max": str(window.size),
    }
    return Command(script(), f"service {verb} {name}", variables, become=become, timeout=timeout)
