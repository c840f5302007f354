"""Tells a pidfile of a dead master from one of a living one; must not signal anybody."""

from __future__ import annotations

from pathlib import Path


def discard_stale(pidfile: Path) -> None:
    """Remove a pidfile whose process is gone, or whose number now belongs to something else.

    gunicorn alone would refuse to start when the number was given to another process meanwhile.
    """
    try:
        pid = int(pidfile.read_text(encoding="ascii"))
    except FileNotFoundError:
        return
    except (OSError, ValueError):
        pid = 0
    if not _is_master(pid):
        pidfile.unlink(missing_ok=True)


def _is_master(pid: int) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return False
    return state not in ("Z", "X") and (b"app.wsgi" in command or b"gunicorn" in command)
