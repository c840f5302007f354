"""hosts.yaml, strictly: what it means, and every fault at its place in one pass."""

from pathlib import Path

import pytest

from engine.inventory.host import Host, ServiceEntry
from engine.inventory.inventory import Inventory, InventoryError
from engine.inventory.load import load
from engine.primitives.faults import BookFaults

FULL = """version: 1
x-note: ours
hosts:
  web-1: {address: 10.0.0.11, port: 2222, user: deploy, identity_file: ~/.ssh/deploy, jump: bastion,
          groups: [web, backend], labels: {drills: allowed}, vars: {port: 8081, fast: true, unit: web}}
  bastion:
  local:
    services:
      backend: {pidfile: /run/b.pid, start: "./serve --quiet", log: /var/log/b, stop_signal: QUIT, grace: 1m}
"""


def loaded(tmp_path: Path, *texts: str) -> Inventory:
    files = []
    for number, text in enumerate(texts):
        files.append(tmp_path / f"hosts-{number}.yaml")
        files[-1].write_text(text)
    return load(files)


def faults(tmp_path: Path, *texts: str) -> list[str]:
    with pytest.raises(BookFaults) as refusal:
        loaded(tmp_path, *texts)
    return [f"{fault.line}:{fault.column} {fault.message} | {fault.hint}" for fault in refusal.value.faults]


def test_everything_a_host_can_say(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, FULL)
    assert inventory["web-1"] == Host(
        "web-1",
        "10.0.0.11",
        2222,
        "deploy",
        "~/.ssh/deploy",
        "bastion",
        ("web", "backend"),
        {"drills": "allowed"},
        {"port": 8081, "fast": True, "unit": "web"},
    )
    assert inventory["bastion"] == Host("bastion", "bastion")
    assert inventory["local"].services == {
        "backend": ServiceEntry("/run/b.pid", "./serve --quiet", "/var/log/b", "QUIT", 60.0)
    }
    assert inventory["local"].is_local
    assert not inventory["bastion"].is_local


def test_files_add_up(tmp_path: Path) -> None:
    inventory = loaded(tmp_path, FULL, "version: 1\nhosts: {db-1: {jump: bastion}}")
    assert inventory.names == ("web-1", "bastion", "local", "db-1")


def test_a_host_in_two_files_is_a_fault_that_names_both(tmp_path: Path) -> None:
    assert faults(tmp_path, FULL, "version: 1\nhosts:\n  web-1:\n") == [
        f"3:3 web-1 is in two files | the other one is {tmp_path}/hosts-0.yaml:4; keep one"
    ]


@pytest.mark.parametrize(
    ("host", "fault"),
    [
        ("w: {adress: x}", "'adress' means nothing here | did you mean address?"),
        ("w: {password: x}", "'password' means nothing here | the keys are address"),
        ("w: {port: 0}", "a port is a number from 1 to 65535"),
        ("w: {port: '22'}", "a port is a number"),
        ("w: {port: true}", "a port is a number"),
        ("w: {address: -oProxyCommand=x}", "address is a name or an IP address"),
        ("w: {address: 'a b'}", "address is a name"),
        ("w: {address: 10}", "quote it"),
        ("w: {user: -l}", "user is a user's name"),
        ("w: {groups: web}", "groups is a list | write groups: [web, backend]"),
        ("w: {groups: [Web]}", "a group is a lower-case word"),
        ("w: {groups: [local]}", "'local' is a host's name of its own"),
        ("w: {groups: [w]}", "w is a host and a group"),
        ("w: {labels: {a: 1}}", "a label's value is text | quote it"),
        ("w: {vars: {a: [1]}}", "a var is text, a number, true or false"),
        ("w: {vars: {PATH: x}}", "'PATH' is not a name here"),
        ("w: {vars: {http_proxy: x}}", "changes what other programs do"),
        ("w: {jump: nowhere}", "w is reached through nowhere, which no file names"),
        ("w: {jump: w}", "the way to w never arrives: w -> w"),
        ("w: {jump: v}\n  v: {jump: w}", "the way to v never arrives: v -> w -> v"),
        ("w: {jump: local}\n  local:", "the way to w never arrives: w -> local"),
        ("w: {services: {s: {pidfile: /x}}}", "a service needs start"),
        ("w: {services: {s: {pidfile: /x, start: y, grace: 5}}}", "5 has no unit"),
        ("w: {services: {s: {pidfile: /x, start: y, stop_signal: 15}}}", "a signal's name"),
        ("local: {address: 10.0.0.1}", "local is this machine and has no address"),
        ("controller: {}", "'controller' is what steps call this machine"),
        ("'a b': {}", "'a b' is not a host's name"),
        ("-x: {}", "'-x' is not a host's name"),
        ("w: [1]", "keys and values are expected here"),
        ("w: {}\n  w: {}", "'w' is given twice"),
    ],
)
def test_faults(tmp_path: Path, host: str, fault: str) -> None:
    assert any(fault in line for line in faults(tmp_path, f"version: 1\nhosts:\n  {host}\n"))


def test_every_fault_of_every_file_comes_in_one_pass(tmp_path: Path) -> None:
    found = faults(tmp_path, "version: 1\nhosts: {w: {port: 0, user: -x}}", "hosts: {v: {prt: 1}}", "[1]")
    assert len(found) == 5


@pytest.mark.parametrize("version", ["", "version: 2\n", "version: true\n", "version: '1'\n"])
def test_a_version_is_asked_for(tmp_path: Path, version: str) -> None:
    assert any("begin with: version: 1" in line for line in faults(tmp_path, f"{version}hosts: {{w: {{}}}}"))


def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match="No such file") as refusal:
        load([tmp_path / "no.yaml"])
    assert "WATCHBOOK_HOSTS" in refusal.value.hint


def test_no_hosts_at_all_is_still_this_machine(tmp_path: Path) -> None:
    assert load([]).names == ("local",)
    assert loaded(tmp_path, "version: 1\nhosts: {}").names == ("local",)
