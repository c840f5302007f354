"""`inv host.*` against real sshds, and a runbook over SSH: list, trust, check, run, import."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.terminal.conftest import Door, lines
from tests.support.sshd import Sshd, keygen

LOOK = """
version: 1
id: look
title: Look
kind: check
owner: nobody
params:
  word: {type: string, default: nothing}
steps:
  - {id: say, effect: read, run: 'printf "%s on %s" "$word" "$SSH_CONNECTION"'}
  - {id: touch, run: 'echo touched'}
"""


@pytest.fixture
def servers(door: Door, tmp_path: Path) -> Iterator[dict[str, Sshd]]:
    """Two real hosts in the inventory."""
    key = keygen(tmp_path / "id")
    named = {name: Sshd(tmp_path / name, key) for name in ("web-1", "web-2")}
    rows = []
    for name, server in named.items():
        server.start()
        settings = f"address: {server.address}, port: {server.port}, user: root, identity_file: {key}"
        rows.append(f"  {name}: {{{settings}, groups: [web], vars: {{word: {name}-word}}}}")
    hosts = door.folder / "hosts.yaml"
    hosts.write_text("\n".join(["version: 1", "hosts:", *rows]) + "\n")
    door.extra["WATCHBOOK_HOSTS"] = str(hosts)
    door.book(LOOK)
    yield named
    for server in named.values():
        server.stop()


def fingerprint(server: Sshd) -> str:
    key = str(server.folder / "host_key.pub")
    return subprocess.run(["ssh-keygen", "-lf", key], capture_output=True, text=True, check=True).stdout.split()[1]


@pytest.mark.needs("sshd", "root")
def test_from_a_stranger_to_a_run_on_two_hosts(door: Door, servers: dict[str, Sshd]) -> None:
    listed = door("host.list")
    assert listed.returncode == 0, listed.stderr
    assert "web-1" in listed.stdout
    refused = door("look", "--hosts", "web", "--json")
    assert refused.returncode == 6
    assert "host.trust web-1" in refused.stdout
    asked = door("host.trust", "web-1")
    assert asked.returncode == 4
    assert fingerprint(servers["web-1"]) in asked.stderr
    for name, server in servers.items():
        trusted = door("host.trust", name, "--fingerprint", fingerprint(server), "--json")
        assert trusted.returncode == 0, trusted.stdout
        assert lines(trusted.stdout)[0]["fingerprint"] == fingerprint(server)
    checked = door("host.check", "web", "--json")
    assert checked.returncode == 0, checked.stdout
    assert {line["about"] for line in lines(checked.stdout)[:-1]} >= {"connection", "sudo", "clock", "secrets"}
    ran = door("look", "--hosts", "web")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for name in servers:
        assert f"{name}-word on 127.0.0.1" in ran.stdout + ran.stderr


@pytest.mark.needs("sshd", "root")
def test_another_key_needs_a_reason(door: Door, servers: dict[str, Sshd]) -> None:
    server = servers["web-1"]
    assert door("host.trust", "web-1", "--yes").returncode == 0
    assert "was trusted already" in door("host.trust", "web-1").stdout
    server.stop()
    for path in server.folder.glob("host_key*"):
        path.unlink()
    server.start()
    refused = door("host.trust", "web-1", "--yes")
    assert refused.returncode == 5
    assert "--replace --reason" in refused.stderr
    wrong = door("host.trust", "web-1", "--replace", "--reason", "a new disk", "--fingerprint", "SHA256:x")
    assert wrong.returncode == 5
    assert door("host.trust", "web-1", "--replace", "--reason", "a new disk", "--yes").returncode == 0
    told = (door.home / "known_hosts").read_text()
    assert "# replaced " in told
    assert "a new disk" in told
    assert door("host.check", "web-1").returncode == 0


def test_a_host_that_is_not_there_and_one_that_is_down(door: Door) -> None:
    hosts = door.folder / "hosts.yaml"
    hosts.write_text("version: 1\nhosts: {web: {address: 127.0.0.1, port: 1}}\n")
    door.extra["WATCHBOOK_HOSTS"] = str(hosts)
    unknown = door("host.check", "wbe")
    assert unknown.returncode == 2
    assert "did you mean web?" in unknown.stderr
    down = door("host.check", "web,local")
    assert down.returncode == 6
    assert "refuses connections" in down.stdout
    assert door("host.trust", "web", "--yes").returncode == 6
    assert door("host.trust", "local").returncode == 2


def test_an_inventory_is_imported_and_loads(door: Door) -> None:
    inventory, out = door.folder / "inventory.ini", door.folder / "imported.yaml"
    inventory.write_text("[web]\nweb[1:2] ansible_host=10.0.0.1 ansible_become=yes\n")
    done = door("host.import", str(inventory), "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "ansible_become=yes was left out" in done.stderr
    assert door("host.import", str(inventory), "--out", str(out)).returncode == 2
    door.extra["WATCHBOOK_HOSTS"] = str(out)
    assert [line.get("name") for line in lines(door("host.list", "--json").stdout)][:2] == ["web1", "web2"]
    assert door("host.import", str(door.folder / "no")).returncode == 2
    assert door("host.import", str(inventory), "--kind", "xml").returncode == 2
