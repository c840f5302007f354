"""Ansible's YAML inventory: groups with hosts, vars and children, read as strictly as everything here."""

from __future__ import annotations

from engine.inventory.importing.ansible import Group, drafted, names_in
from engine.inventory.importing.draft import Draft
from engine.primitives.yaml_source import Node, Source, read


def from_ansible_yaml(data: bytes, path: str) -> Draft:
    """The hosts of a YAML inventory. Raises BookFaults when it cannot be read at all."""
    source, faults = read(data, path)
    reader = _Reader(source)
    for fault in faults:
        reader.draft.note(f"{fault.path}:{fault.line}", fault.message)
    for name, node in reader.mapping(source.root).items():
        reader.group(name, node)
    return drafted(reader.groups, path, reader.draft)


class _Reader:
    def __init__(self, source: Source) -> None:
        self._path = source.path
        self.draft = Draft()
        self.groups: dict[str, Group] = {}

    def mapping(self, node: Node) -> dict[str, Node]:
        """Keys and values; nothing at all is an empty mapping, anything else is noted."""
        if isinstance(node.inside, dict):
            return node.inside
        if node.inside is not None or node.value is not None:
            self.draft.note(self._at(node), "left out: keys and values were expected here")
        return {}

    def group(self, name: str, node: Node) -> None:
        """A group and, inside it, its children; the same group may be written in several places."""
        group = self.groups.setdefault(name, Group())
        for key, inner in self.mapping(node).items():
            if key == "hosts":
                for host, given in self.mapping(inner).items():
                    self._host(group, host, given)
            elif key == "vars":
                group.vars.update((var, value.plain()) for var, value in self.mapping(inner).items())
            elif key == "children":
                for child, below in self.mapping(inner).items():
                    group.children.append(child)
                    self.group(child, below)
            else:
                self.draft.note(self._at(inner), f"{key!r} of group {name} was not understood")

    def _host(self, group: Group, pattern: str, node: Node) -> None:
        try:
            names = names_in(pattern)
        except ValueError as wrong:
            self.draft.note(self._at(node), f"left out: {wrong}")
            return
        for name in names:
            given = {var: value.plain() for var, value in self.mapping(node).items()}
            group.hosts.setdefault(name, {}).update(given)

    def _at(self, node: Node) -> str:
        return f"{self._path}:{node.span.line + 1}"
