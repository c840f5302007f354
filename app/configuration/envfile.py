"""Writes env files: fresh, or with some values replaced; must not judge the values."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from app.configuration.secrets import generate
from app.configuration.settings import ALIASES, Settings

_GENERATED = ("JWT_SECRET", "LOG_SALT", "LOG_SIGNING_KEY", "OPERATIONS_TOKEN")


def example() -> str:
    """The text of `.env.example`: every variable with its meaning and its default."""
    lines = ["# Every variable the service reads. Make a real file, with secrets, by:"]
    lines += ["#   python -m app.configuration init PATH", "# APP_ENV_FILE names the file to read; unset is .env."]
    lines += ["# APP_ENV_FILE=", ""]
    for field, info in Settings.model_fields.items():
        name = field.upper()
        aliases = "".join(f" (also read as {old})" for old, new in ALIASES.items() if new == name)
        lines += [f"# {info.description}{aliases}", f"{name}={_default(field)}"]
    return "\n".join(lines) + "\n"


def _default(field: str) -> str:
    value = Settings.model_fields[field].default
    if field == "app_env":
        return "development"
    if field == "jwt_secret":
        return "change_me_please_super_secret"
    return str(value) if isinstance(value, str | int | float | Path) else ""


def init(path: Path, values: Mapping[str, str]) -> None:
    """Write a new env file, mode 0600, with generated secrets and `values`. FileExistsError if there is one."""
    given = {name: generate() for name in _GENERATED} | dict(values)
    lines = ["# Written by `python -m app.configuration init`. Holds secrets: keep its mode 0600."]
    lines += [f"{name}={value}" for name, value in given.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, values: Mapping[str, str | None]) -> None:
    """Set each of `values` in the file (None removes it); other lines stay. Atomic, mode and owner kept at 0600."""
    before = path.stat()
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if _name(line) not in values]
    kept += [f"{name}={value}" for name, value in values.items() if value is not None]
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(kept) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.chown(fresh, before.st_uid, before.st_gid)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def _name(line: str) -> str | None:
    found = re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=", line)
    return found[1] if found else None
