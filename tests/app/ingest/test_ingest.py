"""Signed batches are taken in once, durably; everything else is refused for its reason."""

import base64
import hashlib
import hmac
import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.configuration.secrets import fingerprint, generate
from app.ingest.signature import is_authentic, signed_text
from tests.app.conftest import SECRETS, MakeClient

ENTRY = {"ts": "2026-11-20T10:00:00.000Z", "lvl": "WARN", "cat": "ui", "evt": "slow", "msg": "Zoë waits"}
KEY = SECRETS["LOG_SIGNING_KEY"]


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def now(offset: timedelta = timedelta()) -> str:
    return (datetime.now(UTC) + offset).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def batch(logs: object, ts: str | None = None, key: str = KEY) -> dict[str, object]:
    ts = ts or now()
    mac = hmac.new(key.encode(), compact({"items": logs, "ts": ts}).encode(), hashlib.sha256).hexdigest()
    return {"logs": logs, "sig": {"hmac": mac, "algo": "HMAC-SHA256", "ts": ts}}


def send(client: FlaskClient, body: object) -> TestResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post("/api/ingest/logs", data=data, content_type="application/json")


def reason(response: TestResponse) -> tuple[int, str]:
    return response.status_code, response.get_json()["error"]["details"]["reason"]


def test_a_batch_is_kept_and_acknowledged(client: FlaskClient, environ: dict[str, str]) -> None:
    full = ENTRY | {
        "data": {"a": [1, 2.5, None, "ü"], "email": "ann@example.org", "password": "x"},
        "device": {"os": "iOS"},
        "user": {"sub": "u1"},
        "req": {"status": 500, "duration": 12.5},
        "corr": {"correlationId": "c-1"},
    }
    assert send(client, batch([full, ENTRY | {"lvl": "SECURITY"}])).get_json() == {"success": True, "count": 2}
    lines = [json.loads(line) for line in Path(environ["LOG_DIR"], "backend.log").read_text().splitlines()]
    kept = [line for line in lines if line["evt"] == "client_log"]
    assert [line["level"] for line in kept] == ["WARN", "SECURITY"]
    assert kept[0]["client"]["msg"] == "Zoë waits"
    assert kept[0]["client"]["data"]["email"] == "[REDACTED_EMAIL]"
    assert kept[0]["client"]["data"]["password"] == "[REDACTED]"
    assert any(line["evt"] == "logs_ingested" and line["data"]["count"] == 2 for line in lines)


def test_a_client_cannot_pretend_to_be_the_server(client: FlaskClient, environ: dict[str, str]) -> None:
    spoof = ENTRY | {"data": {"level": "FATAL", "time": "1999", "pid": 1}, "msg": '","level":"FATAL'}
    assert send(client, batch([spoof])).status_code == 200
    rows = Path(environ["LOG_DIR"], "backend.log").read_text().splitlines()
    line = json.loads(next(row for row in rows if "client_log" in row))
    assert (line["level"], line["cat"], line["msg"]) == ("WARN", "client", "Client log entry")
    assert not line["time"].startswith("1999")


@pytest.mark.parametrize("level", ["TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "ERROR", "FATAL", "SECURITY"])
def test_every_level_is_kept_whatever_the_threshold(client: FlaskClient, environ: dict[str, str], level: str) -> None:
    assert send(client, batch([ENTRY | {"lvl": level}])).status_code == 200
    assert any("client_log" in path.read_text() for path in Path(environ["LOG_DIR"]).iterdir())


def test_the_same_batch_is_taken_once(client: FlaskClient) -> None:
    body = batch([ENTRY])
    assert send(client, body).status_code == 200
    assert reason(send(client, body)) == (409, "replay")
    spaced = json.dumps(body, indent=3).encode()
    assert reason(send(client, spaced)) == (409, "replay"), "other white space is the same batch"
    assert send(client, batch([ENTRY], now(timedelta(seconds=1)))).status_code == 200


def test_skew_is_five_minutes_and_no_time_is_skew(client: FlaskClient) -> None:
    for ts in (now(timedelta(minutes=-6)), now(timedelta(minutes=6)), "yesterday", "2026-13-45"):
        response = send(client, batch([ENTRY], ts))
        assert reason(response) == (400, "clock_skew")
        assert response.get_json()["error"]["message"] == "Clock skew too large"
    assert send(client, batch([ENTRY], now(timedelta(minutes=-4)))).status_code == 200


def test_a_wrong_signature_is_refused(client: FlaskClient) -> None:
    response = send(client, batch([ENTRY], key=generate()))
    assert reason(response) == (401, "signature_invalid")
    assert response.get_json()["error"]["message"] == "Invalid signature"
    tampered = batch([ENTRY])
    tampered["logs"] = [ENTRY | {"msg": "other"}]
    assert reason(send(client, tampered)) == (401, "signature_invalid")
    for mac in ("é", "0" * 64, " "):
        bad = batch([ENTRY])
        bad["sig"] = {"hmac": mac, "algo": "HMAC-SHA256", "ts": now()}
        assert reason(send(client, bad)) == (401, "signature_invalid")


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"{}",
        b"[]",
        {"logs": [], "sig": {}},
        {"logs": [{"lvl": "LOUD"}], "sig": {"hmac": "x", "algo": "HMAC-SHA256", "ts": "x"}},
    ],
)
def test_a_batch_of_another_shape_is_refused_before_its_signature(client: FlaskClient, body: object) -> None:
    response = send(client, body)
    assert reason(response) == (400, "schema")
    assert response.get_json()["error"]["message"] == "Invalid log batch format"


def test_two_hundred_entries_and_256_kib_are_the_most(client: FlaskClient) -> None:
    assert send(client, batch([ENTRY] * 200)).status_code == 200
    assert reason(send(client, batch([ENTRY] * 201))) == (400, "schema")
    assert reason(send(client, b" " * (256 * 1024 + 1))) == (413, "too_large")


def test_keys_overlap_while_one_is_rotated_and_a_revoked_one_is_dead(make_client: MakeClient) -> None:
    new = generate()
    client = make_client(LOG_SIGNING_KEY=f"{new},{KEY}")
    assert send(client, batch([ENTRY], key=new)).status_code == 200
    assert send(client, batch([ENTRY], key=KEY)).status_code == 200
    client.post("/api/ops/keys/revoke", json={"fingerprint": fingerprint(KEY)})
    assert reason(send(client, batch([ENTRY], key=KEY))) == (401, "signature_invalid")


def test_raw_bytes_may_be_signed_by_a_header(client: FlaskClient) -> None:
    body = json.dumps(batch([ENTRY | {"data": 1e21}])).encode()
    mac = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    headers = {"X-Log-Signature": mac}
    response = client.post("/api/ingest/logs", data=body, content_type="application/json", headers=headers)
    assert response.status_code == 200


def test_without_a_key_nothing_is_taken_in(make_client: MakeClient) -> None:
    assert send(make_client(APP_ENV="development", LOG_SIGNING_KEY=""), batch([ENTRY])).status_code == 503


def test_what_cannot_be_kept_is_not_acknowledged_and_may_be_sent_again(
    client: FlaskClient, environ: dict[str, str]
) -> None:
    folder = Path(environ["LOG_DIR"])
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("no folder")
    body = batch([ENTRY])
    refused = send(client, body)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    folder.unlink()
    assert send(client, body).status_code == 200


# What node's JSON.stringify and HMAC made of odd numbers, an emoji, a lone surrogate and control characters,
# with the key "a key for this test only".
JAVASCRIPT = base64.b64decode(
    "eyJsb2dzIjpbeyJ0cyI6InQiLCJsdmwiOiJJTkZPIiwiY2F0IjoiYyIsImV2dCI6ImUiLCJtc2ciOiJab8OrIOKAqCDwn5iAIFx1"
    "ZDgwMCBcInFcIiB/IFx1MDAwMSIsImRhdGEiOnsiZiI6MWUrMjEsImciOjVlLTcsImgiOjEwMDAwMDAwMDAwMDAwMDAwLCJpIjox"
    "LCJqIjowLCJrIjowLjMwMDAwMDAwMDAwMDAwMDA0LCJsIjo5MDA3MTk5MjU0NzQwOTk0LCIiOltdLCJvIjp7fX19XSwic2lnIjp7"
    "ImhtYWMiOiIxMjI3MWY2NTFjOWZmNDRkNjU5MzFmMGNjMzE1MGIwMTdiZTQzOTBmYTliNDdmZThhNDA1OWZjMTIxY2I1OWQxIiwi"
    "YWxnbyI6IkhNQUMtU0hBMjU2IiwidHMiOiIyMDI2LTExLTIwVDEwOjAwOjAwLjAwMFoifX0="
)


def test_javascript_signs_what_we_verify() -> None:
    sent = json.loads(JAVASCRIPT)["sig"]
    assert is_authentic(signed_text(JAVASCRIPT, sent["ts"]), sent["hmac"], ("a key for this test only",))


def test_half_an_emoji_is_no_reason_to_lose_a_batch(client: FlaskClient) -> None:
    ts = now()
    text = '{"items":[{"ts":"t","lvl":"INFO","cat":"c","evt":"e","msg":"\\ud83d"}],"ts":"' + ts + '"}'
    mac = hmac.new(KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
    logs = json.loads(text)["items"]
    assert send(client, {"logs": logs, "sig": {"hmac": mac, "algo": "HMAC-SHA256", "ts": ts}}).status_code == 200
