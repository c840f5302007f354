"""Operations are for this machine, its unix socket and holders of the token; for nobody else."""

import pytest
from flask.testing import FlaskClient

from tests.app.conftest import SECRETS, MakeClient

GUARDED = [
    "/api/metrics",
    "/api/ops/config",
    "/api/ops/limits",
    "/api/health/live",
    "/api/health/ready",
    "/api/health/detailed",
]
OUTSIDE = {"REMOTE_ADDR": "198.51.100.7"}


@pytest.mark.parametrize("path", GUARDED)
def test_outsiders_are_refused_and_the_token_lets_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200
    refused = client.get(path, environ_overrides=OUTSIDE)
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (403, "FORBIDDEN")
    token = {"X-Operations-Token": SECRETS["OPERATIONS_TOKEN"]}
    assert client.get(path, environ_overrides=OUTSIDE, headers=token).status_code == 200
    wrong = client.get(path, headers={"X-Operations-Token": "é" * 64})
    assert wrong.status_code == 401, "a wrong token is refused even on loopback"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Origin": "http://localhost:8080"},
        {"Host": "rebound.example"},
        {"Host": "127.0.0.1.nip.example:8080"},
    ],
)
def test_a_proxy_or_a_browser_on_this_machine_is_not_an_operator(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/api/ops/config", headers=headers).status_code == 403


def test_a_trusted_proxy_does_not_make_its_clients_local(make_client: MakeClient) -> None:
    client = make_client(TRUSTED_PROXY_COUNT="1", TRUSTED_PROXIES="127.0.0.1")
    assert client.get("/api/ops/config", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403
    assert client.get("/api/ops/config").status_code == 200


def test_the_unix_socket_has_no_peer_address(client: FlaskClient) -> None:
    assert client.get("/api/ops/config", environ_overrides={"REMOTE_ADDR": ""}).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080"])
def test_names_of_this_machine(client: FlaskClient, host: str) -> None:
    assert client.get("/api/ops/config", headers={"Host": host}).status_code == 200


def test_without_a_configured_token_no_token_opens(make_client: MakeClient) -> None:
    client = make_client(OPERATIONS_TOKEN="")
    assert (
        client.get("/api/ops/config", headers={"X-Operations-Token": ""}, environ_overrides=OUTSIDE).status_code == 401
    )


def test_operations_carry_no_cors(client: FlaskClient) -> None:
    response = client.get("/api/ops/config", headers={"Origin": "https://linguamate.app"})
    assert "Access-Control-Allow-Origin" not in response.headers
