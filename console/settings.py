"""Where this console keeps and finds things, from WATCHBOOK_* variables; it opens nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.primitives.project import PROJECT

ROOT = PROJECT


@dataclass(frozen=True, slots=True)
class Settings:
    """`home` holds the ledger, the reports and the logs; `runbooks` are folders, `hosts` files, all of which count."""

    home: Path
    runbooks: tuple[Path, ...]
    hosts: tuple[Path, ...]

    @property
    def known_hosts(self) -> Path:
        """The host keys that were trusted here."""
        return self.home / "known_hosts"


def settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. The project's own hosts.yaml need not be there; a file that is named must be."""
    own_hosts = ROOT / "hosts.yaml"
    return Settings(
        home=Path(environment.get("WATCHBOOK_HOME") or ROOT / "var").expanduser().absolute(),
        runbooks=(ROOT / "runbooks", *_paths(environment, "WATCHBOOK_RUNBOOKS")),
        hosts=((own_hosts,) if own_hosts.exists() else ()) + _paths(environment, "WATCHBOOK_HOSTS"),
    )


def _paths(environment: Mapping[str, str], name: str) -> tuple[Path, ...]:
    entries = environment.get(name, "").split(os.pathsep)
    return tuple(Path(entry).expanduser().absolute() for entry in entries if entry)
