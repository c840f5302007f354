"""Secret references (`env:NAME`, `file:PATH`) and how they are resolved at the moment of use; shows no value."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from incidents.scrub import SHORTEST
from incidents.secret import Secret

LONGEST = 64 * 1024


class SecretError(Exception):
    """A secret that cannot be had: what, where and why; `hint` is the next command."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def resolve(name: str, reference: str) -> Secret:
    """The secret behind a reference. Raises SecretError."""
    scheme, _, where = reference.partition(":")
    if scheme == "env" and where:
        value = _from_environment(name, where)
    elif scheme == "file" and where:
        value = _from_file(name, Path(where).expanduser())
    else:
        raise SecretError(f"secret {name}: {reference!r} is no reference", "write from: env:NAME or from: file:/path")
    if len(value) < SHORTEST:
        raise SecretError(
            f"secret {name} ({reference}) has {len(value)} characters; {SHORTEST} are the least, "
            "because a shorter text cannot be kept out of the record",
            "set a longer one where it is defined",
        )
    if "\0" in value:
        raise SecretError(f"secret {name} ({reference}) holds a NUL byte, which no shell can take", "set it as text")
    return Secret(name, value)


def _from_environment(name: str, variable: str) -> str:
    value = os.environ.get(variable)
    if value is None:
        raise SecretError(
            f"secret {name} is not there: the environment has no {variable}",
            f"read -rs {variable} && export {variable}   # types it without showing it; then repeat the command",
        )
    return value


def _from_file(name: str, path: Path) -> str:
    """The file's text without its last line end. Refused unless it is ours alone."""
    if not path.is_absolute():
        raise SecretError(f"secret {name}: {path} is a relative path", "write the whole path, or one that begins ~/")
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SecretError(f"secret {name}: {path} is not a regular file", f"ls -l {path}")
            if status.st_uid != os.geteuid() or status.st_mode & 0o077:
                raise SecretError(
                    f"secret {name}: {path} must be yours and closed to others (0600); "
                    f"it is {stat.filemode(status.st_mode)}, owner {status.st_uid}",
                    f"chown {os.geteuid()} {path} && chmod 600 {path}",
                )
            data = file.read(LONGEST + 1)
    except OSError as wrong:
        raise SecretError(f"secret {name}: {path} cannot be read: {wrong.strerror}", f"ls -l {path}") from wrong
    if len(data) > LONGEST:
        raise SecretError(f"secret {name}: {path} is larger than {LONGEST:,} bytes", "point at the secret alone")
    try:
        return data.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise SecretError(f"secret {name}: {path} is not text in UTF-8", "store it as text, in base64 say") from None
