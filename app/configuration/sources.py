"""Where values come from: the env file first read, then the process environment over it; must not judge them."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.configuration.faults import Fault
from app.configuration.settings import ALIASES, VARIABLES

Origin = Literal["process", "file", "default"]
MAX_FILE_BYTES = 64 * 1024


@dataclass(slots=True)
class Sources:
    """Raw values by variable name, where each came from, and what was wrong on the way."""

    values: dict[str, str] = field(default_factory=dict)
    origins: dict[str, Origin] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def gather(environ: Mapping[str, str] | None = None, path: Path | None = None) -> Sources:
    """Read the env file and the process environment. The process environment wins.

    `path`, else `APP_ENV_FILE`, names the one file to read, which must exist. Without either it is
    `.env` in the working directory, with `.env.production` over it in production; both may be absent.
    """
    environ = os.environ if environ is None else environ
    sources = Sources()
    named = path or (Path(environ["APP_ENV_FILE"]) if environ.get("APP_ENV_FILE") else None)
    if named is not None:
        _read(named, sources, required=True)
    else:
        _read(Path(".env"), sources, required=False)
        said = environ.get("APP_ENV") or environ.get("NODE_ENV") or sources.values.get("APP_ENV") or "production"
        if said.strip().lower() == "production":
            _read(Path(".env.production"), sources, required=False)
    _take({name: value for name, value in environ.items() if _known(name)}, "process", sources)
    return sources


def _known(name: str) -> bool:
    return name in VARIABLES or name in ALIASES


def _take(pairs: Mapping[str, str], origin: Origin, sources: Sources) -> None:
    """Canonical names win over aliases of the same source; an empty value means unset."""
    for name, value in sorted(pairs.items(), key=lambda pair: pair[0] in VARIABLES):
        if value:
            canonical = ALIASES.get(name, name)
            sources.values[canonical] = value
            sources.origins[canonical] = origin
            if name.startswith("EXPO_PUBLIC_LOG"):
                sources.warnings.append(f"{name} is a name that ships to clients; use {canonical}")


def _read(path: Path, sources: Sources, *, required: bool) -> None:
    try:
        info = path.stat()
        if not stat.S_ISREG(info.st_mode) or info.st_size > MAX_FILE_BYTES:
            raise OSError(f"not a regular file under {MAX_FILE_BYTES} bytes")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            fix = f"Make it with: python -m app.configuration init {path}"
            sources.faults.append(Fault(str(path), "does not exist", fix))
        return
    except (OSError, UnicodeDecodeError) as error:
        sources.faults.append(Fault(str(path), f"cannot be read ({error})", "Give the service a readable UTF-8 file"))
        return
    sources.files.append(path)
    if info.st_mode & 0o077:
        mode = f"{stat.S_IMODE(info.st_mode):04o}"
        sources.faults.append(Fault(str(path), f"holds secrets but has mode {mode}", f"chmod 600 {path}"))
    pairs: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        parsed = _parse(line)
        if parsed is None:
            fix = "Write NAME=value, or # before a comment"
            sources.faults.append(Fault(f"{path}:{number}", "is not NAME=value", fix))
        elif parsed != ("", ""):
            name, value = parsed
            if name in pairs:
                sources.faults.append(Fault(f"{path}:{number}", f"sets {name} a second time", "Keep one of the lines"))
            if not _known(name):
                sources.warnings.append(f"{path}:{number}: {name} is not read by this service")
            pairs[name] = value
    _take({name: value for name, value in pairs.items() if _known(name)}, "file", sources)


def _parse(line: str) -> tuple[str, str] | None:
    """(name, value); two empty strings for a blank line or comment; None when it is neither."""
    line = line.strip().removeprefix("export ").strip()
    if not line or line.startswith("#"):
        return "", ""
    name, equals, value = line.partition("=")
    name, value = name.strip(), value.strip()
    if not equals or not name.isidentifier() or not name.isascii():
        return None
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        value = value[1:-1]
    return name, value
