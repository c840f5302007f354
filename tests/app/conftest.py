"""An application in this process for quick tests, and one real service that many tests share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.configuration.load import load
from app.configuration.secrets import generate
from app.factory import create_app
from tests.support.backend import RunningBackend

MakeClient = Callable[..., FlaskClient]

SECRETS = {name: generate() for name in ("JWT_SECRET", "LOG_SALT", "LOG_SIGNING_KEY", "OPERATIONS_TOKEN")}


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A valid production environment in a folder of its own, with limits out of the way."""
    monkeypatch.chdir(tmp_path)
    return SECRETS | {
        "LOG_DIR": str(tmp_path / "logs"),
        "DATA_DIR": str(tmp_path / "data"),
        "LIMIT_AUTH": "1000 per minute",
        "RATE_LIMIT_MAX_REQUESTS": "100000",
    }


@pytest.fixture
def make_client(environ: dict[str, str]) -> MakeClient:
    """Builds an application, some variables replaced, and hands out its client."""

    def make(**values: str) -> FlaskClient:
        return create_app(load(environ | values)).test_client()

    return make


@pytest.fixture
def client(make_client: MakeClient) -> FlaskClient:
    return make_client()


@pytest.fixture(scope="module")
def backend(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBackend]:
    """The real service, two workers, as production runs it; one for a whole test file."""
    with RunningBackend(tmp_path_factory.mktemp("backend")) as running:
        yield running
