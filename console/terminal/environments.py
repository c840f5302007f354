"""The Python environments beside the code, asked of the wrapper; it knows no pip and reads no lock."""

import subprocess
from pathlib import Path

from console.settings import ROOT
from console.terminal.exits import Exits
from console.terminal.task import Told


def development_python() -> Path:
    """The interpreter of `.venv` with all that checks and tests need. Raises Told when it cannot be had."""
    return _provided(".venv", "requirements-dev.txt")


def backend_python() -> Path:
    """The interpreter of the operated backend's own environment. Raises Told when it cannot be had."""
    return _provided("app/.venv", "app/requirements.txt")


def _provided(place: str, lock: str) -> Path:
    if subprocess.run([ROOT / "inv", "--provide", place, lock], check=False).returncode:
        raise Told(code=Exits.INVALID)  # by the wrapper: what, why, and the next command
    return ROOT / place / "bin" / "python"
