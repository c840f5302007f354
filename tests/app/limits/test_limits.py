"""Each stated limit holds, says so in its headers, and a lost store closes sign-in and nothing else."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.app.auth.test_tokens import PERSON, bearer, sign_up
from tests.app.conftest import MakeClient


def test_the_canary_gives_five_then_429_with_the_guides_headers(client: FlaskClient, environ: dict[str, str]) -> None:
    answers = [client.get("/api/sensitive/data") for _ in range(10)]
    assert [a.status_code for a in answers] == [200] * 5 + [429] * 5
    assert answers[0].get_json() == {"data": "sensitive"}
    assert [a.headers["X-RateLimit-Remaining"] for a in answers[:6]] == ["4", "3", "2", "1", "0", "0"]
    for answer in answers:
        assert answer.headers["X-RateLimit-Limit"] == "5"
        assert 0 < int(answer.headers["X-RateLimit-Reset"]) <= 60
    last = answers[-1]
    assert last.get_json()["error"]["message"] == "Rate limit exceeded"
    assert last.get_json()["retryAfter"] == int(last.headers["Retry-After"])
    assert "Rate limit exceeded" in Path(environ["LOG_DIR"], "backend.log").read_text()


def test_sign_in_is_limited_per_client_and_per_account(make_client: MakeClient) -> None:
    client = make_client(LIMIT_AUTH="5 per 15 minutes")
    body = {"email": "ann@example.org", "password": "x"}

    def attempt(email: str, address: str, path: str = "/api/auth/login") -> int:
        environ = {"REMOTE_ADDR": address}
        return client.post(path, json=body | {"email": email}, environ_overrides=environ).status_code

    assert [attempt(f"u{n}@example.org", "10.0.0.1") for n in range(6)] == [401] * 5 + [429]
    assert [attempt("ann@example.org", f"10.0.1.{n}") for n in range(6)] == [401] * 5 + [429]
    assert attempt("ANN@example.org ", "10.0.2.1", "/api/trpc/auth.signin") == 429, "an alias is no way around"
    assert attempt("bob@example.org", "10.0.2.2") == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "limit"),
    [
        ("GET", "/api/user", None, 30),
        ("GET", "/api/auth/me", None, 30),
        ("POST", "/api/chat/messages", {"message": "hi"}, 20),
        ("POST", "/api/analytics/events", {"event": "x"}, 50),
    ],
)
def test_signed_in_routes_are_limited_per_user(
    client: FlaskClient, method: str, path: str, body: object, limit: int
) -> None:
    ann = bearer(sign_up(client)["accessToken"])
    bob = bearer(client.post("/api/auth/signup", json=PERSON | {"email": "bob@example.org"}).get_json()["accessToken"])
    statuses = [client.open(path, method=method, json=body, headers=ann).status_code for _ in range(limit + 1)]
    assert statuses == [200] * limit + [429]
    assert client.open(path, method=method, json=body, headers=bob).status_code == 200


def test_other_routes_have_the_default_and_status_routes_none(make_client: MakeClient) -> None:
    client = make_client(RATE_LIMIT_MAX_REQUESTS="3", RATE_LIMIT_WINDOW_MS="60000")
    assert [client.get("/api/toolkit/health").status_code for _ in range(4)] == [200, 200, 200, 429]
    for path in ("/api/", "/api/info", "/api/health", "/api/health/live", "/api/metrics", "/api/ops/config"):
        answers = [client.get(path) for _ in range(6)]
        assert {a.status_code for a in answers} == {200}, path
        assert "X-RateLimit-Limit" not in answers[0].headers


def test_every_route_states_its_limit_or_that_it_has_none(client: FlaskClient) -> None:
    views = client.application.view_functions
    assert [name for name, view in views.items() if not hasattr(view, "limited")] == []


def test_without_its_store_sign_in_closes_and_the_rest_goes_on(
    make_client: MakeClient, environ: dict[str, str]
) -> None:
    client = make_client()
    token = sign_up(client)["accessToken"]
    for name in ("limits.sqlite", "limits.sqlite-wal", "limits.sqlite-shm"):
        Path(environ["DATA_DIR"], name).unlink(missing_ok=True)
    Path(environ["DATA_DIR"], "limits.sqlite").write_bytes(b"lost" * 1000)
    broken = make_client()
    closed = broken.post("/api/auth/login", json={"email": "ann@example.org", "password": "Correct7horse"})
    assert (closed.status_code, closed.get_json()["error"]["code"]) == (503, "SERVICE_UNAVAILABLE")
    assert closed.headers["Retry-After"]
    assert broken.post("/api/auth/signup", json=PERSON).status_code == 503
    assert broken.get("/api/auth/me", headers=bearer(token)).status_code == 200
    assert broken.get("/api/sensitive/data").status_code == 200
    for path in ("/api/", "/api/health", "/api/health/live", "/api/health/ready"):
        assert broken.get(path).status_code == 200
    detailed = broken.get("/api/health/detailed")
    assert (detailed.status_code, detailed.get_json()["checks"]["limiter"]["status"]) == (503, "unhealthy")
    assert broken.get("/api/ops/limits").status_code == 503
