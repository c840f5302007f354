"""What Ansible's two inventory formats share: groups in groups, vars that reach down, ranges, what its words mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.inventory.importing.draft import Draft, DraftHost

MOST_HOSTS = 10_000
_SETTINGS = {
    "ansible_host": "address",
    "ansible_ssh_host": "address",
    "ansible_port": "port",
    "ansible_ssh_port": "port",
    "ansible_user": "user",
    "ansible_ssh_user": "user",
    "ansible_ssh_private_key_file": "identity_file",
    "ansible_private_key_file": "identity_file",
}
_SECRET = re.compile(r"pass(word|wd)?$|secret|token|private_key$|vault", re.IGNORECASE)
_JUMP = re.compile(r"-o\s*ProxyJump[= ]([\w.-]+)|-J\s*([\w.-]+)")


@dataclass(slots=True)
class Group:
    """A group as Ansible has it: its own hosts with their vars, its vars, and the groups inside it."""

    hosts: dict[str, dict[str, object]] = field(default_factory=dict)
    vars: dict[str, object] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)


def drafted(groups: dict[str, Group], path: str, draft: Draft) -> Draft:
    """Lays the groups out: a host is in its groups and in those around them; the innermost var wins."""
    hosts: dict[str, None] = {name: None for group in groups.values() for name in group.hosts}
    for name in hosts:
        where = f"{path} ({name})"
        host = draft.host(name, where)
        if host is None:
            continue
        around = sorted(_around(groups, name), key=lambda found: -found[1])
        merged: dict[str, object] = {}
        for group, _ in around:
            merged |= groups[group].vars
        for group, _ in around:
            merged |= groups[group].hosts.get(name, {})
            if group not in ("all", "ungrouped"):
                draft.group(host, group, path)
        for key, value in merged.items():
            _take(draft, host, key, value, where)
    draft.settle()
    return draft


def names_in(pattern: str) -> list[str]:
    """The hosts of `web[01:10].example`, `db-[a:c]`, `n[0:8:2]`. Raises ValueError for a range that is none."""
    found = re.search(r"\[([^\]]*)\]", pattern)
    if not found:
        return [pattern]
    names: list[str] = []
    for item in _range(found[1]):
        names += names_in(f"{pattern[: found.start()]}{item}{pattern[found.end() :]}")
        if len(names) > MOST_HOSTS:
            raise ValueError(f"{pattern!r} names more than {MOST_HOSTS:,} hosts")
    return names


def _range(text: str) -> Iterator[str]:
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(parts):
        raise ValueError(f"[{text}] is not a range")
    first, last, step = parts[0], parts[1], int(parts[2]) if len(parts) == 3 and parts[2].isdecimal() else 1
    if len(parts) == 3 and (not parts[2].isdecimal() or step == 0):
        raise ValueError(f"[{text}] is not a range")
    if first.isdecimal() and last.isdecimal() and len(last) < 10:
        width = len(first) if first.startswith("0") else 0
        yield from (str(number).zfill(width) for number in range(int(first), int(last) + 1, step))
    elif re.fullmatch(r"[a-z]:[a-z]|[A-Z]:[A-Z]", f"{first}:{last}"):
        yield from (chr(code) for code in range(ord(first), ord(last) + 1, step))
    else:
        raise ValueError(f"[{text}] is not a range")


def _around(groups: dict[str, Group], host: str) -> list[tuple[str, int]]:
    """The groups that hold a host, directly (depth 0) or through others; a circle of groups is walked once."""
    depth = {name: 0 for name, group in groups.items() if host in group.hosts}
    todo = list(depth)
    while todo:
        inner = todo.pop(0)
        for name, group in groups.items():
            if inner in group.children and name not in depth:
                depth[name] = depth[inner] + 1
                todo.append(name)
    if "all" in groups:
        depth["all"] = 1_000
    return list(depth.items())


def _take(draft: Draft, host: DraftHost, key: str, value: object, where: str) -> None:
    if key in _SETTINGS:
        draft.set(host, _SETTINGS[key], str(value), where)
    elif _SECRET.search(key):
        draft.note(where, f"{key} was left out: secrets are references here (env:NAME, file:PATH), never values")
    elif key in ("ansible_ssh_common_args", "ansible_ssh_extra_args") and (jump := _JUMP.search(str(value))):
        draft.set(host, "jump", jump[1] or jump[2], where)
        if _JUMP.sub("", str(value)).strip():
            draft.note(where, f"{key}: only ProxyJump was taken from {str(value)!r}")
    elif key.startswith("ansible_"):
        draft.note(where, f"{key}={value} was left out: nothing here is like it")
    elif isinstance(value, str) and "{{" in value:
        draft.note(where, f"{key} was left out: it is a template")
    else:
        draft.var(host, key, value, where)
