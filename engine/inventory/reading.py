"""One hosts.yaml into hosts, strictly: every fault at its place, nothing guessed; knows no other file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.inventory.host import Host, ServiceEntry
from engine.inventory.inventory import LOCAL
from engine.primitives.faults import Fault, did_you_mean, quoted
from engine.primitives.names import check_name
from engine.primitives.units import parse_duration
from engine.primitives.values import Value
from engine.primitives.yaml_source import Node, Source, Span

HOST_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}"
ADDRESS = r"[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}"
USER = r"[A-Za-z_][A-Za-z0-9._@\\-]{0,63}\$?"
GROUP = r"[a-z][a-z0-9_-]{0,62}"
LABEL = r"[a-z][a-z0-9_.-]{0,62}"
SERVICE = r"[A-Za-z0-9][A-Za-z0-9@:._-]{0,254}"
SIGNAL = r"[A-Z][A-Z0-9+-]{1,11}"
LINE = r"[^\n\0]{1,1000}"

RESERVED = (LOCAL, "controller")
CONNECTION = ("address", "port", "user", "identity_file", "jump")
HOST_KEYS = (*CONNECTION, "groups", "labels", "vars", "services")
SERVICE_KEYS = ("pidfile", "start", "log", "stop_signal", "grace")


def hosts_of(source: Source, faults: list[Fault]) -> dict[str, tuple[Host, Span]]:
    """The hosts of a file by name, and where each stands; adds what is wrong to `faults`."""
    return _Reader(source, faults).file()


class _Reader:
    def __init__(self, source: Source, faults: list[Fault]) -> None:
        self._source, self._faults = source, faults

    def file(self) -> dict[str, tuple[Host, Span]]:
        top = self._mapping(self._source.root, ("version", "hosts"))
        version = top.get("version")
        if version is None or version.value != 1 or isinstance(version.value, bool):
            at = self._source.root.keys.get("version", Span(0, 0, 0, 1))
            self._fault("version", "the file must say which version of hosts.yaml it is", at, "begin with: version: 1")
        if "hosts" not in top:
            self._fault("missing-key", "the file names no hosts", Span(0, 0, 0, 1), "add hosts:")
            return {}
        found = {}
        for name, node in self._entries(top["hosts"], HOST_NAME, "a host's name: letters, digits, '.', '_' and '-'"):
            at = top["hosts"].keys[name]
            if name == "controller":
                self._fault("reserved", "'controller' is what steps call this machine", at, "take another name")
            found[name] = (self._host(name, node), at)
        return found

    def _host(self, name: str, node: Node) -> Host:
        if node.inside is None and node.value is None:
            node = Node(node.span, inside={})
        keys = self._mapping(node, HOST_KEYS)
        if name == LOCAL:
            for key in keys.keys() & set(CONNECTION):
                self._fault("local", f"local is this machine and has no {key}", node.keys[key], f"remove {key}")
        return Host(
            name=name,
            address="" if name == LOCAL else self._text(keys, "address", ADDRESS, "a name or an IP address") or name,
            port=self._port(keys),
            user=self._text(keys, "user", USER, "a user's name"),
            identity_file=self._text(keys, "identity_file", LINE, "the path of a private key"),
            jump=self._text(keys, "jump", HOST_NAME, "the name of another host of the inventory"),
            groups=self._groups(keys.get("groups")),
            labels={key: self._label(value) for key, value in self._entries(keys.get("labels"), LABEL, "a label")},
            vars=self._vars(keys.get("vars")),
            services={
                key: self._service(value) for key, value in self._entries(keys.get("services"), SERVICE, "a service")
            },
        )

    def _port(self, keys: Mapping[str, Node]) -> int:
        node = keys.get("port")
        if node is None:
            return 0
        port = node.value
        if isinstance(port, int) and not isinstance(port, bool) and 1 <= port <= 65535:
            return port
        self._fault("port", "a port is a number from 1 to 65535", node.span)
        return 0

    def _groups(self, node: Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        if not isinstance(node.inside, list):
            self._fault("not-a-list", "groups is a list", node.span, "write groups: [web, backend]")
            return ()
        groups = []
        for item in node.inside:
            if not isinstance(item.value, str) or not re.fullmatch(GROUP, item.value):
                self._fault("group", "a group is a lower-case word: letters, digits, '_' and '-'", item.span)
            elif item.value in RESERVED:
                self._fault("reserved", f"{item.value!r} is a host's name of its own", item.span, "take another name")
            else:
                groups.append(item.value)
        return tuple(dict.fromkeys(groups))

    def _label(self, node: Node) -> str:
        if isinstance(node.value, str):
            return node.value
        self._fault("not-text", "a label's value is text", node.span, "quote it")
        return ""

    def _vars(self, node: Node | None) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, item in self._entries(node, ".*", ""):
            assert node is not None
            try:
                check_name(name)
            except ValueError as wrong:
                self._fault("name", str(wrong), node.keys[name])
            if isinstance(item.value, str | int | float | bool):
                values[name] = item.value
            else:
                self._fault("not-a-value", "a var is text, a number, true or false", item.span)
        return values

    def _service(self, node: Node) -> ServiceEntry:
        keys = self._mapping(node, SERVICE_KEYS)
        for key in ("pidfile", "start"):
            if key not in keys and node.inside is not None:
                self._fault("missing-key", f"a service needs {key}", node.span, f"add {key}:")
        return ServiceEntry(
            pidfile=self._text(keys, "pidfile", LINE, "the path of its pidfile"),
            start=self._text(keys, "start", r"[^\0]{1,10000}", "the command that starts it"),
            log=self._text(keys, "log", LINE, "the path of its log"),
            stop_signal=self._text(keys, "stop_signal", SIGNAL, "a signal's name, like TERM") or "TERM",
            grace=self._duration(keys.get("grace"), 10.0),
        )

    def _duration(self, node: Node | None, otherwise: float) -> float:
        if node is None:
            return otherwise
        try:
            return parse_duration(str(node.value))
        except ValueError as wrong:
            self._fault("duration", str(wrong), node.span)
            return otherwise

    def _text(self, keys: Mapping[str, Node], key: str, pattern: str, noun: str) -> str:
        node = keys.get(key)
        if node is None:
            return ""
        if isinstance(node.value, str) and re.fullmatch(pattern, node.value):
            return node.value
        quote = "; quote it" if isinstance(node.value, int | float) else ""
        self._fault(key, f"{key} is {noun}{quote}", node.span)
        return ""

    def _mapping(self, node: Node, known: tuple[str, ...]) -> dict[str, Node]:
        found = dict(self._entries(node, ".*", ""))
        for key in [key for key in found if key not in known]:
            if not key.startswith("x-"):
                hint = did_you_mean(key, known) or f"the keys are {', '.join(known)}; x-{key} is yours"
                self._fault("unknown-key", f"{quoted(key)} means nothing here", node.keys[key], hint)
            del found[key]
        return found

    def _entries(self, node: Node | None, pattern: str, noun: str) -> list[tuple[str, Node]]:
        if node is None:
            return []
        if not isinstance(node.inside, dict):
            self._fault("not-a-mapping", "keys and values are expected here", node.span)
            return []
        found = []
        for key, value in node.inside.items():
            if re.fullmatch(pattern, key):
                found.append((key, value))
            else:
                self._fault("name", f"{quoted(key)} is not {noun}", node.keys[key])
        return found

    def _fault(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self._faults.append(self._source.fault(code, message, span, hint))
