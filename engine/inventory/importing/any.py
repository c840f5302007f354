"""Which format a file is in, and its hosts; ssh's and Ansible's are told apart by name and text."""

from __future__ import annotations

import re
from pathlib import Path

from engine.inventory.importing.ansible_ini import from_ansible_ini
from engine.inventory.importing.ansible_yaml import from_ansible_yaml
from engine.inventory.importing.draft import Draft
from engine.inventory.importing.ssh_config import from_ssh_config

KINDS = ("ssh", "ini", "yaml")
LARGEST = 1 << 20


def drafted_from(path: Path, kind: str = "") -> Draft:
    """The hosts of a file; `kind` is one of KINDS, or empty to find out. Raises OSError and BookFaults."""
    with path.open("rb") as file:
        data = file.read(LARGEST)
    text = data.decode("utf-8", "replace")
    match kind or _kind(path, text):
        case "yaml":
            return from_ansible_yaml(data, str(path))
        case "ssh":
            return from_ssh_config(text, str(path))
        case _:
            return from_ansible_ini(text, str(path))


def _kind(path: Path, text: str) -> str:
    if path.suffix in (".yml", ".yaml"):
        return "yaml"
    return "ssh" if re.search(r"^\s*(Host|Match)\s+\S", text, re.MULTILINE | re.IGNORECASE) else "ini"
