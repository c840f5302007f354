"""What operators ask and change: the answers are true, and no secret is in them."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from app.configuration.secrets import fingerprint, generate
from tests.app.auth.test_tokens import PERSON, bearer, refused, sign_up
from tests.app.conftest import SECRETS, MakeClient


def test_the_fingerprint_shows_everything_but_secrets(make_client: MakeClient, environ: dict[str, str]) -> None:
    previous, until = generate(), (datetime.now(UTC) + timedelta(days=1)).isoformat()
    client = make_client(
        JWT_SECRET_PREVIOUS=previous,
        JWT_SECRET_PREVIOUS_UNTIL=until,
        CORS_ORIGIN="https://a.example",
        RATELIMIT_STORAGE_URI=f"sqlite:///{environ['DATA_DIR']}/other.sqlite",
        TOOLKIT_URL="http://user:hunter2@127.0.0.1:1",
    )
    answer = client.get("/api/ops/config")
    variables = answer.get_json()["variables"]
    for name, secret in SECRETS.items():
        assert variables[name]["secret"] == {"length": len(secret), "fingerprint": fingerprint(secret)}
        assert secret not in answer.text
    assert previous not in answer.text and "hunter2" not in answer.text
    assert variables["CORS_ORIGIN"] == {"source": "process", "value": ["https://a.example"]}
    assert variables["LIMIT_AUTH"]["source"] == "process"
    assert variables["LIMIT_CHAT"] == {"source": "default", "value": "20 per minute"}


def test_the_digest_differs_when_hosts_drift_and_not_by_port(make_client: MakeClient) -> None:
    def digest(**values: str) -> str:
        found: str = make_client(**values).get("/api/ops/config").get_json()["digest"]
        return found

    assert digest() == digest(PORT="8081", INSTANCE="b")
    assert digest() != digest(JWT_SECRET=generate())
    assert digest() != digest(LIMIT_CHAT="21 per minute")


def test_a_token_is_explained_and_never_logged(client: FlaskClient, environ: dict[str, str]) -> None:
    token = sign_up(client)["accessToken"]

    def explain(text: str) -> dict[str, object]:
        report: dict[str, object] = client.post("/api/ops/verify-token", json={"token": text}).get_json()
        return report

    good = explain(token)
    assert (good["valid"], good["reason"], good["keyId"]) == (True, None, fingerprint(environ["JWT_SECRET"]))
    assert 880 < int(str(good["expiresInSeconds"])) <= 900
    assert explain(token + "x")["reason"] == "BAD_SIGNATURE"
    assert explain("garbage")["reason"] == "MALFORMED"
    client.post("/api/ops/sessions/revoke", json={"all": True})
    assert explain(token)["reason"] == "REVOKED"
    for file in Path(environ["LOG_DIR"]).iterdir():
        assert token not in file.read_text()


def test_counters_are_shown_by_hash_and_cleared_by_name(client: FlaskClient) -> None:
    for _ in range(6):
        client.get("/api/sensitive/data")
    shown = client.get("/api/ops/limits").get_json()
    assert shown["limits"]["auth"] == "1000 per minute"
    fullest = shown["counters"][0]
    assert (fullest["scope"], fullest["count"], fullest["limit"]) == ("sensitive", 6, 5)
    assert "127.0.0.1" not in json.dumps(shown["counters"])
    assert client.get("/api/sensitive/data").status_code == 429
    assert client.post("/api/ops/limits/clear", json={"subject": "ip:127.0.0.1"}).get_json()["cleared"] == 1
    assert client.get("/api/sensitive/data").status_code == 200
    by_hash = client.post("/api/ops/limits/clear", json={"subject": fullest["subject"]})
    assert by_hash.get_json()["cleared"] == 1


def test_the_log_level_changes_at_run_time_and_goes_back(client: FlaskClient, environ: dict[str, str]) -> None:
    path = "/api/ops/log-level"
    assert client.get(path).get_json() == {"level": "INFO", "configured": "INFO"}
    assert client.put(path, json={"level": "ERROR"}).get_json()["level"] == "ERROR"
    client.get("/api/info", headers={"x-correlation-id": "quiet"})
    client.put(path, json={"level": None})
    client.get("/api/info", headers={"x-correlation-id": "heard"})
    log = Path(environ["LOG_DIR"], "backend.log").read_text()
    assert "heard" in log and "quiet" not in log
    client.put(path, json={"level": "DEBUG", "forSeconds": 1})
    assert client.get(path).get_json()["level"] == "DEBUG"
    time.sleep(1.1)
    assert client.get(path).get_json()["level"] == "INFO"


def test_maintenance_answers_503_but_stays_operable(make_client: MakeClient, environ: dict[str, str]) -> None:
    client = make_client()
    on = {"enabled": True, "retryAfter": 77, "reason": "upgrade"}
    assert client.put("/api/ops/maintenance", json=on).get_json()["mode"] == "maintenance"
    for one in (client, make_client()):
        refused_ = one.get("/api/sensitive/data")
        assert (refused_.status_code, refused_.headers["Retry-After"]) == (503, "77")
        assert one.get("/api/health/ready").status_code == 503
        for path in ("/api/", "/api/info", "/api/health", "/api/health/live", "/api/metrics"):
            assert one.get(path).status_code == 200
    client.put("/api/ops/maintenance", json={"enabled": False})
    assert client.get("/api/sensitive/data").status_code == 200


def test_draining_stops_being_ready_and_nothing_else(client: FlaskClient) -> None:
    client.put("/api/ops/maintenance", json={"enabled": True, "mode": "drain", "forSeconds": 1})
    assert client.get("/api/health/ready").get_json() == {"status": "not ready", "reason": "drain"}
    assert client.get("/api/sensitive/data").status_code == 200
    time.sleep(1.1)
    assert client.get("/api/health/ready").status_code == 200


def test_sessions_are_revoked_all_by_account_or_singly(client: FlaskClient) -> None:
    ann = sign_up(client)["accessToken"]
    bob = client.post("/api/auth/signup", json=PERSON | {"email": "bob@example.org"}).get_json()["accessToken"]
    revoke = "/api/ops/sessions/revoke"
    assert client.post(revoke, json={"account": "ann@example.org"}).get_json() == {"revoked": 1}
    assert refused(client, ann) == "REVOKED"
    assert client.get("/api/auth/me", headers=bearer(bob)).status_code == 200
    assert client.post(revoke, json={"account": "nobody@example.org"}).status_code == 404
    assert client.post(revoke, json={}).status_code == 400
    assert client.post(revoke, json={"all": True, "account": "x"}).status_code == 400
    assert client.post(revoke, json={"all": True}).get_json() == {"revoked": 1}
    assert refused(client, bob) == "REVOKED"


def test_each_act_leaves_a_line(client: FlaskClient, environ: dict[str, str]) -> None:
    client.put("/api/ops/log-level", json={"level": "INFO"})
    client.post("/api/ops/sessions/revoke", json={"all": True})
    client.post("/api/ops/logs/reopen")
    lines = [json.loads(row) for row in Path(environ["LOG_DIR"], "backend.log").read_text().splitlines()]
    acts = [line["evt"] for line in lines if line.get("cat") == "operations"]
    assert acts == ["log_level_changed", "sessions_revoked", "logs_reopened"]


def test_detailed_health_grades_each_part(client: FlaskClient) -> None:
    body = client.get("/api/health/detailed").get_json()
    assert set(body["checks"]) == {"configuration", "database", "limiter", "disk", "memory", "log", "upstream"}
    assert body["checks"]["database"]["status"] == "healthy"
    assert body["status"] in ("healthy", "degraded")


def test_a_switch_file_that_is_garbage_changes_nothing(client: FlaskClient, environ: dict[str, str]) -> None:
    Path(environ["DATA_DIR"], "instance-8080", "switches.json").write_text("{nonsense")
    assert client.get("/api/sensitive/data").status_code == 200
    assert client.put("/api/ops/maintenance", json={"enabled": True}).status_code == 200
    assert client.get("/api/sensitive/data").status_code == 503
