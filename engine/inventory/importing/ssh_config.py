"""~/.ssh/config: every host that is named in full becomes a host; patterns stay what they are, ssh's own."""

from __future__ import annotations

import re
import shlex

from engine.inventory.importing.draft import Draft, DraftHost

_KEYS = {"hostname": "address", "port": "port", "user": "user", "identityfile": "identity_file", "proxyjump": "jump"}


def from_ssh_config(text: str, path: str) -> Draft:
    """The hosts of a config file. What applies by pattern is still read by ssh at each connection, and is noted."""
    draft = Draft()
    block: list[DraftHost] = []
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}"
        found = re.fullmatch(r"\s*([A-Za-z]+)(?:\s*=\s*|\s+)(.*?)\s*", line)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not found:
            draft.note(where, f"not understood: {line.strip()}")
            continue
        key, value = found[1].lower(), found[2]
        if key == "host":
            block = _hosts(draft, value, where)
        elif key == "match":
            block = []
            draft.note(where, f"Match {value} stays in ssh's own config")
        elif key in _KEYS and block:
            _set(draft, block, _KEYS[key], value.strip('"'), where)
        else:
            draft.note(where, f"{found[1]} {value} stays in ssh's own config")
    draft.settle()
    return draft


def _hosts(draft: Draft, names: str, where: str) -> list[DraftHost]:
    try:
        words = shlex.split(names)
    except ValueError:
        words = names.split()
    named = []
    for word in words:
        if set(word) & set("*?!"):
            draft.note(where, f"Host {word} is a pattern and stays in ssh's own config")
        elif host := draft.host(word, where):
            named.append(host)
    return named


def _set(draft: Draft, block: list[DraftHost], key: str, value: str, where: str) -> None:
    if key == "jump" and value.lower() == "none":
        return
    if key == "jump" and not re.fullmatch(r"[\w.-]+", value):
        draft.note(where, f"ProxyJump {value} stays in ssh's own config: it is more than a host's name")
        return
    for host in block:
        if key not in host.settings:  # as in ssh, the first value counts
            draft.set(host, key, value, where)
