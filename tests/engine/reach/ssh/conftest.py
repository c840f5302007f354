"""Real sshds on loopback and a reach that trusts them; the person's own ~/.ssh is out of sight."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.reach.place import Place
from engine.reach.ssh.keys import HostKey, KnownHosts
from engine.reach.ssh.reach import SshReach
from tests.support.sshd import Sshd, keygen

Start = Callable[..., Sshd]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    (folder / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return folder


@pytest.fixture(scope="session")
def client_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return keygen(tmp_path_factory.mktemp("client") / "id")


@pytest.fixture
def start(tmp_path: Path, client_key: Path) -> Iterator[Start]:
    """Starts servers; all are ended."""
    servers: list[Sshd] = []

    def begin(name: str = "sshd", **settings: object) -> Sshd:
        server = Sshd(tmp_path / name, client_key, **settings)  # type: ignore[arg-type]
        servers.append(server)
        return server.start()

    yield begin
    for server in servers:
        server.stop()


@pytest.fixture
def known(tmp_path: Path) -> KnownHosts:
    return KnownHosts(tmp_path / "known_hosts", system=())


@pytest.fixture
def reach(known: KnownHosts) -> Iterator[SshReach]:
    made = SshReach(known, {})
    yield made
    made.close()


def trust(known: KnownHosts, server: Sshd) -> None:
    known.trust(HostKey(server.server, *server.public_key), by="tests")


@pytest.fixture
def web(start: Start, known: KnownHosts, reach: SshReach) -> Place:
    """A trusted host under this machine's own sh."""
    server = start()
    trust(known, server)
    return reach.place(server.host("web"))


@pytest.fixture(params=[pytest.param(one, marks=pytest.mark.needs(one)) for one in ("dash", "bash", "busybox")])
def any_shell(request: pytest.FixtureRequest, start: Start, known: KnownHosts, reach: SshReach) -> Place:
    """A trusted host whose login shell and sh are each of the shells in turn."""
    server = start(shell=request.param)
    trust(known, server)
    return reach.place(server.host("web"))
