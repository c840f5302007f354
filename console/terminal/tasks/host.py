"""`inv host.*`: the machines runs may touch, whom they are taken for, and what they have; it runs no step."""

from __future__ import annotations

import sys
from pathlib import Path

from invoke.context import Context

from console.terminal.exits import Exits
from console.terminal.outcome import Outcome
from console.terminal.problem import Problem
from console.terminal.session import Session
from console.terminal.stdout import say, say_json
from console.terminal.task import task

HOSTS = "hosts and groups, with commas between: web,db-1"
JSON = "one JSON object per line, for scripts"


@task(name="list", help={"hosts": f"{HOSTS}; everything when it is left out", "json": JSON})
def list_hosts(_: Context, hosts: str = "", json: bool = False) -> None:
    """The hosts of hosts.yaml and WATCHBOOK_HOSTS, with their groups."""
    with Session() as session:
        from console.terminal.host_pages import list_page

        chosen = session.inventory.choose(hosts) if hosts else tuple(session.inventory)
        if not json:
            say(list_page(chosen))
            return
        for host in chosen:
            say_json({"schema": "watchbook/host/1", **host.to_json()})


@task(positional=["hosts"], help={"hosts": HOSTS, "json": JSON})
def check(_: Context, hosts: str, json: bool = False) -> Outcome:
    """Connect to hosts and look at what steps need there: key, login, sh, sudo, clock, tools."""
    with Session() as session:
        from concurrent.futures import ThreadPoolExecutor

        from console.terminal.host_pages import check_page, finding_json
        from engine.inventory.host import Host
        from engine.reach.checkup import Finding, examine
        from engine.reach.hosts import HostReach

        chosen = session.inventory.choose(hosts)
        reach = HostReach(session.settings.known_hosts, {host.name: host for host in session.inventory})

        def look(host: Host) -> list[Finding]:
            return examine(reach.place(host))

        exits = Exits.DONE
        with ThreadPoolExecutor(16) as pool:
            for host, findings in zip(chosen, pool.map(look, chosen), strict=True):
                if json:
                    for finding in findings:
                        say_json(finding_json(host, finding))
                else:
                    say(check_page(host, findings))
                if not findings[0].ok:
                    exits = Exits.UNREACHABLE
                elif exits is Exits.DONE and any(finding.ok is False for finding in findings):
                    exits = Exits.FAILED
        reach.close()
        return Outcome(exits=exits)


@task(
    positional=["host"],
    help={
        "host": "one host's name",
        "fingerprint": "trust only this one (SHA256:…), as the host's own console shows it; asks nothing",
        "replace": "the host was replaced, and so was its key",
        "reason": "why it has another key now",
        "yes": "trust what it shows, unseen",
        "json": JSON,
    },
)
def trust(
    _: Context,
    host: str,
    fingerprint: str = "",
    replace: bool = False,
    reason: str = "",
    yes: bool = False,
    json: bool = False,
) -> Outcome:
    """Trust the key that a host shows from now on; who, when and why is written beside it."""
    with Session() as session:
        from console.terminal.host_pages import key_json, trusted_page
        from engine.reach.ssh.keys import KnownHosts
        from engine.reach.ssh.reach import SshReach
        from engine.reach.ssh.refusals import Unreachable
        from engine.reach.ssh.trust import shown_by

        named = session.inventory[host]
        if named.is_local:
            raise Problem("local is this machine: it has no key to trust.")
        known = KnownHosts(session.settings.known_hosts)
        try:
            shown = shown_by(SshReach(known, {one.name: one for one in session.inventory}).connection(named))
        except Unreachable as error:
            raise Problem(f"{host} shows no key.", why=str(error), exits=Exits.UNREACHABLE) from error
        if shown.changed and not (replace and reason):
            raise Problem(
                f"{host} shows another key than the trusted one: {shown.key}.",
                why="It was replaced, or somebody stands between.",
                then=f"./inv host.trust {host} --replace --reason 'why it has another key'",
                exits=Exits.REFUSED,
            )
        if fingerprint and fingerprint != shown.key.fingerprint:
            raise Problem(f"{host} shows {shown.key}, not {fingerprint}.", exits=Exits.REFUSED)
        if not shown.known:
            if not fingerprint and not yes and not _agreed(host, str(shown.key), json=json):
                raise Problem("Nothing was trusted.", exits=Exits.REFUSED)
            known.trust(shown.key, by=session.actor.id, why=reason)
        if json:
            say_json(key_json(named, shown))
        else:
            say(trusted_page(named, shown, known.file))
        return Outcome("trusted")


@task(
    name="import",
    positional=["file"],
    help={
        "file": "~/.ssh/config, or an Ansible inventory in INI or YAML",
        "out": "the file to write; stdout when it is left out",
        "kind": "ssh, ini or yaml; seen from the name and the text when it is left out",
        "json": JSON,
    },
)
def import_hosts(_: Context, file: str, out: str = "", kind: str = "", json: bool = False) -> Outcome:
    """Other tools' inventories as a hosts.yaml; what could not be taken over is listed."""
    from engine.inventory.importing.any import KINDS, drafted_from

    path = Path(file).expanduser()
    if kind and kind not in KINDS:
        raise Problem(f"There is no kind {kind!r}.", then=f"one of: {', '.join(KINDS)}")
    try:
        draft = drafted_from(path, kind)
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.") from error
    target = Path(out) if out else None
    if target is not None and target.exists():
        raise Problem(f"{target} is there already.", then=f"./inv host.import {file} --out ANOTHER")
    if json:
        for note in draft.notes:
            say_json({"schema": "watchbook/import-note/1", "where": note.where, "what": note.what})
    else:
        for note in draft.notes:
            print(note, file=sys.stderr)
    if target is None:
        if not json:
            say(draft.to_yaml().rstrip("\n"))
    else:
        try:
            target.write_text(draft.to_yaml(), encoding="utf-8")
        except OSError as error:
            raise Problem(f"{target} cannot be written: {error.strerror}.") from error
        print(f"{len(draft.hosts)} hosts in {target}, {len(draft.notes)} notes", file=sys.stderr)
    return Outcome("imported")


def _agreed(host: str, key: str, *, json: bool) -> bool:
    if json or not sys.stdin.isatty():
        raise Problem(
            f"Somebody must compare this key: {key}.",
            then=f"./inv host.trust {host} --fingerprint SHA256:…",
            exits=Exits.PARKED,
        )
    print(f"{host} shows {key}\nOn the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub", file=sys.stderr)
    try:
        return input("The same? Type yes: ").strip().lower() == "yes"
    except EOFError:
        return False
