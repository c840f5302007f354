"""Other tools' inventories as hosts.yaml: what is taken, what is noted, and that the result loads."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.inventory.importing.ansible import names_in
from engine.inventory.importing.ansible_ini import from_ansible_ini
from engine.inventory.importing.any import drafted_from
from engine.inventory.importing.draft import Draft
from engine.inventory.importing.ssh_config import from_ssh_config
from engine.inventory.inventory import Inventory
from engine.inventory.load import load

INI = """
# a comment
lonely
[web]
web[01:03].example.com http_port=80 nick='a b' ansible_user=deploy
[db]
db-a ansible_host=10.0.0.5 ansible_port=2222 ansible_ssh_private_key_file=~/.ssh/db
db-b ansible_ssh_common_args='-o ProxyJump=db-a' http_port=81
[prod:children]
web
db
[prod:vars]
http_port=8080
zone=dc1
[all:vars]
zone=nowhere
fast=true
"""

YAML = """
all:
  vars: {zone: nowhere}
  children:
    web:
      hosts:
        web[1:2]: {ansible_host: 10.0.0.1, port_list: [1, 2]}
    db:
      hosts: {db-a: }
      vars: {zone: dc1}
  strange: 1
"""

SSH = """
Include ~/.ssh/more
Host *
  User everybody
Host web db *.lan
  HostName = 10.0.0.1
  Port 2222
  User "deploy"
  User second
  IdentityFile ~/.ssh/id
  ProxyJump bastion
Host bastion
  ProxyJump none
  LocalForward 1 localhost:2
Match host x exec "true"
  User never
Host far
  ProxyJump a@b:22,c
Host ill
  Port 99999
"""


def loaded(draft: Draft, tmp_path: Path) -> Inventory:
    path = tmp_path / "hosts.yaml"
    path.write_text(draft.to_yaml())
    return load([path])


def test_ansible_ini(tmp_path: Path) -> None:
    draft = from_ansible_ini(INI, "inv")
    hosts = loaded(draft, tmp_path)
    assert hosts.names == (
        "lonely",
        "web01.example.com",
        "web02.example.com",
        "web03.example.com",
        "db-a",
        "db-b",
        "local",
    )
    web = hosts["web02.example.com"]
    assert (web.user, set(web.groups)) == ("deploy", {"web", "prod"})
    assert web.vars == {"zone": "dc1", "fast": True, "http_port": 80, "nick": "a b"}
    db = hosts["db-a"]
    assert (db.address, db.port, db.identity_file, db.vars["http_port"]) == ("10.0.0.5", 2222, "~/.ssh/db", 8080)
    assert hosts["db-b"].jump == "db-a"
    assert hosts["db-b"].vars["http_port"] == 81
    assert hosts["lonely"].vars == {"zone": "nowhere", "fast": True}
    assert draft.notes == []


def test_ansible_yaml(tmp_path: Path) -> None:
    path = tmp_path / "inventory.yml"
    path.write_text(YAML)
    draft = drafted_from(path)
    hosts = loaded(draft, tmp_path)
    assert hosts.names == ("web1", "web2", "db-a", "local")
    assert hosts["web1"].address == "10.0.0.1"
    assert hosts["db-a"].vars == {"zone": "dc1"}
    assert hosts["web1"].vars == {"zone": "nowhere"}
    noted = "\n".join(map(str, draft.notes))
    assert "port_list was left out" in noted
    assert "'strange' of group all was not understood" in noted


def test_ssh_config(tmp_path: Path) -> None:
    draft = from_ssh_config(SSH, "config")
    hosts = loaded(draft, tmp_path)
    web = hosts["web"]
    assert (web.address, web.port, web.user, web.identity_file, web.jump) == (
        "10.0.0.1", 2222, "deploy", "~/.ssh/id", "bastion",
    )  # fmt: skip
    assert hosts["db"].jump == "bastion"
    assert hosts["bastion"].jump == ""
    assert hosts["far"].jump == ""
    noted = "\n".join(map(str, draft.notes))
    for left in ("Include", "Host * is a pattern", "*.lan", "LocalForward", "Match", "User never", "a@b:22,c", "99999"):
        assert left in noted
    assert "User everybody" in noted


@pytest.mark.parametrize(
    ("line", "noted"),
    [
        ("web ansible_become=yes", "ansible_become=yes was left out"),
        ("web ansible_password=hunter22", "secrets are references here"),
        ("web db_token=hunter22", "secrets are references here"),
        ("web ansible_connection=local", "ansible_connection=local was left out"),
        ("web url={{ other }}", "it is a template"),
        ("web Port=1", "var Port was left out"),
        ("web stray", "not understood: stray"),
        ("web a='", "No closing quotation"),
        ("web[1:]", "not a range"),
        ("web[1:99999999]", "more than 10,000"),
        ("-x", "is no name for a host here"),
        ("local", "is no name for a host here"),
        ("web ansible_port=ssh", "port 'ssh' was left out"),
        ("web ansible_host=-oProxyCommand=x", "it is not one"),
        ("web ansible_ssh_common_args='-o ProxyJump=gone'", "no imported host is called that"),
        ("[x:strange]\nweb", "left out, its section was not understood: web"),
        ("[Web Servers]\nweb", "group 'Web Servers' is called web-servers here"),
        ("[web]\nweb", "group web was left out: a host is called that"),
    ],
)
def test_what_is_not_understood_is_listed_and_the_rest_loads(tmp_path: Path, line: str, noted: str) -> None:
    draft = from_ansible_ini(line, "inv")
    assert any(noted in str(note) for note in draft.notes), draft.notes
    assert "hunter22" not in draft.to_yaml()
    loaded(draft, tmp_path)


def test_groups_in_a_circle_end(tmp_path: Path) -> None:
    draft = from_ansible_ini("[a]\nh\n[a:children]\nb\n[b:children]\na\n", "inv")
    assert set(loaded(draft, tmp_path)["h"].groups) == {"a", "b"}


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("web", ["web"]),
        ("web[01:03]", ["web01", "web02", "web03"]),
        ("web[8:10]", ["web8", "web9", "web10"]),
        ("n[0:8:4]x[a:b]", ["n0xa", "n0xb", "n4xa", "n4xb", "n8xa", "n8xb"]),
    ],
)
def test_ranges(pattern: str, names: list[str]) -> None:
    assert names_in(pattern) == names


LINES = st.lists(
    st.text(st.sampled_from("ab[]:=#'\"\\ -_.0{}%\té:children"), max_size=25) | st.text(max_size=20), max_size=12
).map("\n".join)


@given(LINES)
def test_any_text_is_imported_or_noted_and_the_result_always_loads(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    for draft in (from_ansible_ini(text, "inv"), from_ssh_config(text, "config")):
        loaded(draft, tmp_path_factory.mktemp("any"))
