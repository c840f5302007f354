"""Whom a host is taken for: unknown and changed keys are refused, on jump hosts too, and trust is written down."""

import subprocess
from pathlib import Path

import pytest

from engine.inventory.host import Host
from engine.reach.hosts import HostReach
from engine.reach.place import Command
from engine.reach.ssh.keys import HostKey, KnownHosts
from engine.reach.ssh.reach import SshReach
from tests.support.sshd import Sshd, keygen

from ..conftest import Heard
from .conftest import Start, trust

pytestmark = pytest.mark.needs("sshd", "root")
TRUE = Command("true")


def fingerprint(server: Sshd) -> str:
    listed = subprocess.run(
        ["ssh-keygen", "-lf", str(server.folder / "host_key.pub")], capture_output=True, text=True, check=True
    )
    return listed.stdout.split()[1]


def test_an_unknown_key_is_refused_with_its_fingerprint_and_the_command(
    start: Start, reach: SshReach, heard: Heard
) -> None:
    server = start()
    done = reach.place(server.host("web")).run(TRUE, heard)
    assert done.ended == "unreachable"
    assert f"ED25519 {fingerprint(server)}" in done.message
    assert "./inv host.trust web" in done.message


def test_a_changed_key_is_refused_and_both_are_named(
    start: Start, reach: SshReach, known: KnownHosts, heard: Heard
) -> None:
    server = start()
    before = fingerprint(server)
    trust(known, server)
    server.stop()
    (server.folder / "host_key").unlink()
    keygen(server.folder / "host_key")
    server.start()
    done = reach.place(server.host("web")).run(TRUE, heard)
    assert done.ended == "unreachable"
    assert before in done.message
    assert fingerprint(server) in done.message
    assert "host.trust web --replace --reason" in done.message


def test_another_kind_of_key_than_the_trusted_one_is_refused(
    start: Start, reach: SshReach, known: KnownHosts, tmp_path: Path, heard: Heard
) -> None:
    keygen(tmp_path / "other", "ecdsa")
    server = start()
    kind, text, *_ = (tmp_path / "other.pub").read_text().split()
    known.trust(HostKey(server.server, kind, text), by="tests")
    done = reach.place(server.host("web")).run(TRUE, heard)
    assert done.ended == "unreachable"
    assert "another key than the trusted one" in done.message


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_trusted_keys_of_other_kinds_work(
    start: Start, reach: SshReach, known: KnownHosts, tmp_path: Path, heard: Heard, kind: str
) -> None:
    extra = keygen(tmp_path / "extra", kind)
    server = start(options=[f"HostKey {extra}"])
    name, text, *_ = Path(f"{extra}.pub").read_text().split()
    known.trust(HostKey(server.server, name, text), by="tests")
    assert reach.place(server.host("web")).run(TRUE, heard).exit == 0


def test_ssh_s_own_known_hosts_counts_also_hashed(start: Start, home: Path, tmp_path: Path, heard: Heard) -> None:
    server = start()
    own = home / ".ssh" / "known_hosts"
    own.write_text(f"{server.server} {' '.join(server.public_key)}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(own)], check=True, capture_output=True)
    reach = HostReach(tmp_path / "none", {})
    assert reach.place(server.host("web")).run(TRUE, heard).exit == 0
    assert reach.place(Host("local")).run(TRUE, heard).exit == 0
    reach.close()


def test_trust_is_written_down_with_who_when_and_why_and_replaced_keys_stay(known: KnownHosts, tmp_path: Path) -> None:
    keys = []
    for name in ("first", "second"):
        kind, text, *_ = Path(f"{keygen(tmp_path / name)}.pub").read_text().split()
        keys.append(HostKey("[web]:2222", kind, text))
    assert known.trust(keys[0], by="alice") == []
    known.trust(HostKey("other", keys[0].kind, keys[0].text), by="alice")
    assert len(known.trust(keys[1], by="bob", why="a new disk\nnext")) == 1
    lines = known.file.read_text().splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("# replaced 2")
    assert keys[0].text in lines[0]
    assert lines[2].startswith(f"[web]:2222 ssh-ed25519 {keys[1].text} trusted 2")
    assert lines[2].endswith("by bob a new disk next")
    assert [key.get_base64() for key in known.trusted("[web]:2222").values()] == [keys[1].text]
    assert known.file.stat().st_mode & 0o777 == 0o600
    listed = subprocess.run(
        ["ssh-keygen", "-F", "[web]:2222", "-f", str(known.file)], capture_output=True, text=True, check=True
    )
    assert keys[1].text in listed.stdout


class TestJump:
    def test_a_host_is_reached_through_its_jump_host(self, start: Start, known: KnownHosts, heard: Heard) -> None:
        bastion, web = start("bastion"), start("web")
        trust(known, bastion)
        trust(known, web)
        hosts = {"bastion": bastion.host("bastion"), "web": web.host("web", jump="bastion")}
        reach = SshReach(known, hosts)
        done = reach.place(hosts["web"]).run(Command('echo "$SSH_CONNECTION"'), heard)
        assert done.exit == 0
        assert heard.all("out").split()[3] == str(web.port).encode()
        reach.close()

    @pytest.mark.parametrize("stranger", ["bastion", "web"])
    def test_every_hop_is_checked(self, start: Start, known: KnownHosts, heard: Heard, stranger: str) -> None:
        servers = {"bastion": start("bastion"), "web": start("web")}
        for name, server in servers.items():
            if name != stranger:
                trust(known, server)
        hosts = {"bastion": servers["bastion"].host("bastion"), "web": servers["web"].host("web", jump="bastion")}
        reach = SshReach(known, hosts)
        done = reach.place(hosts["web"]).run(TRUE, heard)
        assert done.ended == "unreachable"
        assert f"./inv host.trust {stranger}" in done.message
        assert fingerprint(servers[stranger]) in done.message
        reach.close()

    def test_a_jump_host_that_cannot_get_there_says_so(self, start: Start, known: KnownHosts, heard: Heard) -> None:
        bastion = start("bastion")
        trust(known, bastion)
        hosts = {"bastion": bastion.host("bastion"), "web": Host("web", "127.0.0.1", 1, jump="bastion")}
        reach = SshReach(known, hosts)
        done = reach.place(hosts["web"]).run(TRUE, heard)
        assert done.ended == "unreachable"
        assert "opens no way to [127.0.0.1]:1" in done.message
        reach.close()


class TestSshConfig:
    def write(self, home: Path, server: Sshd, more: str = "") -> None:
        (home / ".ssh" / "config").write_text(
            f"Host web\n  HostName {server.address}\n  Port {server.port}\n"
            f"  User root\n  IdentityFile {server.client_key}\n{more}"
        )

    def test_an_alias_brings_name_port_user_and_key(
        self, start: Start, known: KnownHosts, home: Path, heard: Heard
    ) -> None:
        server = start()
        trust(known, server)
        self.write(home, server)
        reach = SshReach(known, {})
        assert reach.place(Host("web", "web")).run(TRUE, heard).exit == 0
        reach.close()

    def test_proxyjump_is_followed_and_its_host_checked(
        self, start: Start, known: KnownHosts, home: Path, heard: Heard
    ) -> None:
        server, bastion = start("web"), start("bastion")
        trust(known, server)
        self.write(
            home,
            server,
            f"  ProxyJump hop\nHost hop\n  HostName {bastion.address}\n  Port {bastion.port}\n"
            f"  User root\n  IdentityFile {server.client_key}\n",
        )
        reach = SshReach(known, {})
        done = reach.place(Host("web", "web")).run(TRUE, heard)
        assert done.ended == "unreachable"
        assert fingerprint(bastion) in done.message
        trust(known, bastion)
        assert reach.place(Host("web", "web")).run(TRUE, heard).exit == 0
        reach.close()

    def test_proxyjump_none_is_none(self, start: Start, known: KnownHosts, home: Path, heard: Heard) -> None:
        server = start()
        trust(known, server)
        self.write(home, server, "  ProxyJump none\n  ProxyCommand none\n")
        reach = SshReach(known, {})
        assert reach.place(Host("web", "web")).run(TRUE, heard).exit == 0
        reach.close()


class TestLogin:
    def test_a_wrong_key_says_who_was_not_let_in(
        self, start: Start, known: KnownHosts, reach: SshReach, tmp_path: Path, heard: Heard
    ) -> None:
        server = start()
        trust(known, server)
        other = keygen(tmp_path / "other")
        done = reach.place(server.host("web", identity_file=str(other))).run(TRUE, heard)
        assert done.ended == "unreachable"
        assert "does not let root in" in done.message

    def test_a_key_with_a_passphrase_asks_nobody(
        self, start: Start, known: KnownHosts, reach: SshReach, tmp_path: Path, heard: Heard
    ) -> None:
        server = start()
        trust(known, server)
        locked = keygen(tmp_path / "locked")
        subprocess.run(
            ["ssh-keygen", "-q", "-p", "-N", "pass-phrase", "-f", str(locked)], check=True, capture_output=True
        )
        done = reach.place(server.host("web", identity_file=str(locked))).run(TRUE, heard)
        assert done.ended == "unreachable"
        assert "ssh-add" in done.message

    def test_a_key_that_is_not_there(
        self, start: Start, known: KnownHosts, reach: SshReach, tmp_path: Path, heard: Heard
    ) -> None:
        server = start()
        trust(known, server)
        done = reach.place(server.host("web", identity_file=str(tmp_path / "no"))).run(TRUE, heard)
        assert done.ended == "unreachable"
        assert f"{tmp_path}/no" in done.message

    @pytest.mark.parametrize(
        ("host", "because"),
        [
            (Host("web", "127.0.0.1", 1), "refuses connections"),
            (Host("web", "nowhere.invalid", 22), "is not known"),
        ],
    )
    def test_nobody_there(self, reach: SshReach, heard: Heard, host: Host, because: str) -> None:
        done = reach.place(host).run(TRUE, heard)
        assert done.ended == "unreachable"
        assert because in done.message
