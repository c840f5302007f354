"""The Python environments beside the code, asked of the wrapper; it knows no pip and reads no lock."""

import subprocess
from pathlib import Path

from invoke.exceptions import Exit

ROOT = Path(__file__).resolve().parents[2]


def development_python() -> Path:
    """The interpreter of `.venv` with all that checks and tests need; Exit 2 when it cannot be had."""
    return _provided(".venv", "requirements-dev.txt")


def backend_python() -> Path:
    """The interpreter of the operated backend's own environment; Exit 2 when it cannot be had."""
    return _provided("app/.venv", "app/requirements.txt")


def _provided(place: str, lock: str) -> Path:
    if subprocess.run([ROOT / "inv", "--provide", place, lock], check=False).returncode:
        raise Exit(code=2)  # the wrapper has said what, why and the next command
    return ROOT / place / "bin" / "python"
