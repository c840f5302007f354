"""The store on both databases: workers that start at once, writers that wait, and a database that goes away."""

import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.database import UNAVAILABLE, Database
from app.store.tables import metadata
from tests.app.conftest import MakeClient
from tests.support.backend import RunningBackend, free_port


def test_workers_that_start_at_once_all_find_the_tables(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/x.sqlite"
    failed: list[Exception] = []

    def start() -> None:
        try:
            Database(url, connections=2).create(metadata)
        except UNAVAILABLE as error:
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def test_a_lost_database_is_a_503_and_liveness_does_not_care(make_client: MakeClient, environ: dict[str, str]) -> None:
    make_client()
    path = Path(environ["DATA_DIR"], "backend.sqlite")
    client = make_client()
    for file in path.parent.glob("backend.sqlite*"):
        file.write_bytes(b"lost" * 4096)
    answer = client.post("/api/auth/login", json={"email": "ann@example.org", "password": "Correct7horse"})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert answer.headers["Retry-After"]
    assert client.get("/api/").status_code == client.get("/api/health/live").status_code == 200
    ready = client.get("/api/health/ready")
    assert (ready.status_code, ready.get_json()["reason"]) == (503, "database")


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A throw-away cluster, run by the postgres user since the server refuses root.

    Not under pytest's temporary folder: each pytest that starts shuts that one to other users.
    """
    with tempfile.TemporaryDirectory(prefix="backend-postgres-", ignore_cleanup_errors=True) as name:
        yield from cluster(Path(name))


def cluster(folder: Path) -> Iterator[str]:
    """Make, start and finally stop a cluster; its URL."""
    shutil.chown(folder, "postgres")
    bin_ = max(Path("/usr/lib/postgresql").glob("*/bin"))
    port = free_port()

    def as_postgres(*command: str) -> subprocess.CompletedProcess[bytes]:
        done = ["runuser", "-u", "postgres", "--", *command]
        return subprocess.run(done, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=60)

    as_postgres(str(bin_ / "initdb"), "-D", str(folder / "data"), "-A", "trust", "-U", "backend")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = (str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-w", "-l", str(folder / "log"))
    as_postgres(*control, "-o", options, "start")
    yield f"postgresql+psycopg://backend@127.0.0.1:{port}/postgres"
    as_postgres(*control, "-m", "immediate", "stop")


@pytest.mark.needs("postgresql", "root")
def test_the_whole_sign_in_works_on_postgresql(tmp_path: Path, postgres: str) -> None:
    with RunningBackend(tmp_path, {"DATABASE_URL": postgres, "LIMIT_AUTH": "1000 per minute"}) as backend:
        tokens = backend.sign_up()
        assert backend.get("/api/auth/me", Authorization=f"Bearer {tokens['accessToken']}").status == 200
        again = {"email": "ann@example.org", "password": "Correct7horse", "displayName": "Ann"}
        assert backend.post("/api/auth/signup", again).status == 409
        wrong = {"email": "ann@example.org", "password": "Wrong7horse"}
        assert [backend.post("/api/auth/login", wrong).status for _ in range(6)] == [401] * 5 + [403]
        refreshed = backend.post("/api/auth/refresh", None, Authorization=f"Bearer {tokens['refreshToken']}")
        assert refreshed.status == 200
        assert backend.post("/api/ops/sessions/revoke", {"all": True}).json["revoked"] == 1
        answer = backend.get("/api/auth/me", Authorization=f"Bearer {refreshed.json['accessToken']}")
        assert answer.status == 401
        assert backend.get("/api/health/ready").status == 200
