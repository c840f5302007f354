"""Ansible's INI inventory: [group], [group:children], [group:vars], hosts with ranges and key=value."""

from __future__ import annotations

import re
import shlex

from engine.inventory.importing.ansible import Group, drafted, names_in
from engine.inventory.importing.draft import Draft


def from_ansible_ini(text: str, path: str) -> Draft:
    """The hosts of an INI inventory."""
    draft = Draft()
    groups: dict[str, Group] = {"all": Group(), "ungrouped": Group()}
    section, part = "ungrouped", "hosts"
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}"
        line = line.strip()
        if not line or line[0] in "#;":
            continue
        if line[0] == "[":
            found = re.fullmatch(r"\[([^\]:]+)(?::(hosts|children|vars))?\]\s*([#;].*)?", line)
            if not found:
                draft.note(where, f"not understood: {line}")
                section, part = "", ""
                continue
            section, part = found[1], found[2] or "hosts"
            groups.setdefault(section, Group())
        elif not section:
            draft.note(where, f"left out, its section was not understood: {line}")
        elif part == "vars":
            _var(draft, groups[section].vars, line, where)
        elif part == "children":
            child = line.split("#")[0].strip()
            groups[section].children.append(child)
            groups.setdefault(child, Group())
        else:
            _host(draft, groups[section], line, where)
    return drafted(groups, path, draft)


def _host(draft: Draft, group: Group, line: str, where: str) -> None:
    try:
        pattern, *pairs = shlex.split(line, comments=True)
        names = names_in(pattern)
    except ValueError as wrong:
        draft.note(where, f"left out: {wrong}")
        return
    given: dict[str, object] = {}
    for pair in pairs:
        _var(draft, given, pair, where)
    for name in names:
        group.hosts.setdefault(name, {}).update(given)


def _var(draft: Draft, into: dict[str, object], text: str, where: str) -> None:
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        draft.note(where, f"not understood: {text}")
        return
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        into[name] = value[1:-1]
    elif re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", value):
        into[name] = int(value)
    elif value.lower() in ("true", "false"):
        into[name] = value.lower() == "true"
    else:
        into[name] = value
