"""The files that name hosts, read and merged into one inventory; every fault of all files in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.inventory.host import Host
from engine.inventory.inventory import Inventory, InventoryError
from engine.inventory.reading import hosts_of
from engine.primitives.faults import BookFaults, Fault, did_you_mean
from engine.primitives.yaml_source import LARGEST, Source, Span, read

__all__ = ["Inventory", "InventoryError", "load"]


def load(files: Iterable[Path]) -> Inventory:
    """The hosts of all files. Raises BookFaults for what is wrong in them, InventoryError for a file not there."""
    faults: list[Fault] = []
    found: dict[str, tuple[Host, Source, Span]] = {}
    for path in files:
        for name, (host, source, at) in _read(path, faults).items():
            if name in found:
                _, other, there = found[name]
                hint = f"the other one is {other.path}:{there.line + 1}; keep one"
                faults.append(source.fault("duplicate-host", f"{name} is in two files", at, hint))
            found[name] = (host, source, at)
    groups = {group for host, _, _ in found.values() for group in host.groups}
    for name, (host, source, at) in found.items():
        if name in groups:
            faults.append(source.fault("ambiguous", f"{name} is a host and a group", at, "rename one"))
        problem, hint = _way_problem(host, found)
        if problem:
            faults.append(source.fault("jump", problem, at, hint))
    if faults:
        raise BookFaults(faults)
    return Inventory(host for host, _, _ in found.values())


def _read(path: Path, faults: list[Fault]) -> dict[str, tuple[Host, Source, Span]]:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as wrong:
        raise InventoryError(
            f"{path} cannot be read: {wrong.strerror}", "write it, or mend WATCHBOOK_HOSTS, a list of such files"
        ) from wrong
    try:
        source, wrong_yaml = read(data, str(path))
    except BookFaults as wrong:
        faults.extend(wrong.faults)
        return {}
    faults.extend(wrong_yaml)
    return {name: (host, source, at) for name, (host, at) in hosts_of(source, faults).items()}


def _way_problem(host: Host, found: dict[str, tuple[Host, Source, Span]]) -> tuple[str, str]:
    """What is wrong with the way to a host through others, and a hint: a stranger, this machine, or a circle."""
    way = [host.name]
    while host.jump:
        if host.jump not in found:
            return f"{host.name} is reached through {host.jump}, which no file names", did_you_mean(host.jump, found)
        host = found[host.jump][0]
        if host.is_local or host.name in way:
            return f"the way to {way[0]} never arrives: {' -> '.join([*way, host.name])}", "mend jump"
        way.append(host.name)
    return "", ""
