"""Browsers of allowed origins may read answers; others get no header, and nobody gets a 403."""

import pytest
from flask.testing import FlaskClient

from tests.app.conftest import MakeClient

ALLOWED = "https://linguamate.app"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "Authorization"}


@pytest.mark.parametrize("path", ["/api/", "/nowhere", "/api/auth/me"])
def test_an_allowed_origin_is_echoed_with_credentials(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Origin": ALLOWED})
    assert response.headers["Access-Control-Allow-Origin"] == ALLOWED
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in response.headers["Vary"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "https://linguamate.app.evil.example", "http://linguamate.app"]
)
def test_another_origin_gets_its_answer_without_the_header(client: FlaskClient, origin: str) -> None:
    response = client.get("/api/", headers={"Origin": origin})
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Origin" in response.headers["Vary"]


def test_a_preflight_names_methods_and_headers(client: FlaskClient) -> None:
    response = client.options("/api/auth/login", headers=PREFLIGHT | {"Origin": ALLOWED})
    assert response.status_code == 204
    assert "PATCH" in response.headers["Access-Control-Allow-Methods"]
    for name in ("Content-Type", "Authorization", "x-correlation-id", "x-session-id"):
        assert name in response.headers["Access-Control-Allow-Headers"]
    refused = client.options("/api/auth/login", headers=PREFLIGHT | {"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in refused.headers


def test_development_allows_every_origin_by_echo_and_production_its_default(make_client: MakeClient) -> None:
    anywhere = {"Origin": "http://localhost:3000"}
    for value in ("", "*"):
        response = make_client(APP_ENV="development", CORS_ORIGIN=value).get("/api/", headers=anywhere)
        assert response.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    listed = make_client(CORS_ORIGIN=" https://a.example , https://b.example ")
    assert listed.get("/api/", headers={"Origin": "https://b.example"}).headers["Access-Control-Allow-Origin"]
    assert "Access-Control-Allow-Origin" not in listed.get("/api/", headers={"Origin": ALLOWED}).headers
