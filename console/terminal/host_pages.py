"""Hosts on paper: the list, what a look at one found, the key that is trusted; it connects to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from console.terminal.view.paint import harmless

if TYPE_CHECKING:
    from engine.inventory.host import Host
    from engine.reach.checkup import Finding
    from engine.reach.ssh.trust import Shown

MARKS = {True: "✓", False: "✗", None: "·"}


def list_page(hosts: Sequence[Host]) -> str:
    """One line a host: name, where, groups."""
    rows = [(host.name, where(host), ",".join(host.groups)) for host in hosts]
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "\n".join(f"{name:{wide[0]}}  {at:{wide[1]}}  {groups}".rstrip() for name, at, groups in rows)


def where(host: Host) -> str:
    """How a host is reached, as ssh would write it."""
    if host.is_local:
        return "this machine"
    user = f"{host.user}@" if host.user else ""
    port = f":{host.port}" if host.port else ""
    return f"{user}{host.address}{port}" + (f" through {host.jump}" if host.jump else "")


def check_page(host: Host, findings: Sequence[Finding]) -> str:
    """One line a finding, and what mends it."""
    lines = [f"{host.name}  {where(host)}"]
    for finding in findings:
        lines.append(f"  {MARKS[finding.ok]} {finding.about:11} {harmless(finding.said)}")
        if finding.hint:
            lines.append(f"    next        {finding.hint}")
    return "\n".join(lines)


def finding_json(host: Host, finding: Finding) -> dict[str, object]:
    """A finding for scripts."""
    return {
        "schema": "watchbook/host-finding/1",
        "host": host.name,
        "about": finding.about,
        "ok": finding.ok,
        "said": finding.said,
        "hint": finding.hint,
    }


def trusted_page(host: Host, shown: Shown, file: Path) -> str:
    """What is trusted now, or was already."""
    if shown.known:
        return f"{host.name}  {shown.key} was trusted already"
    return f"{host.name}  {shown.key} is trusted from now on\n  file    {file}\n  next    ./inv host.check {host.name}"


def key_json(host: Host, shown: Shown) -> dict[str, object]:
    """A key for scripts."""
    return {
        "schema": "watchbook/host-key/1",
        "host": host.name,
        "server": shown.key.server,
        "kind": shown.key.kind,
        "fingerprint": shown.key.fingerprint,
        "known": shown.known,
        "changed": shown.changed,
    }
