"""Every refusal has one shape, whatever went wrong, with the security headers, and gives nothing away."""

import json
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.http.intake import MAX_BODY_BYTES
from app.http.security_headers import security_headers
from tests.app.conftest import MakeClient

JSON = {"Content-Type": "application/json"}


def check(response: TestResponse, status: int, code: str) -> dict[str, object]:
    assert response.status_code == status
    assert response.mimetype == "application/json"
    body = json.loads(response.data)
    error: dict[str, object] = body["error"]
    assert error["code"] == code
    assert {"message", "timestamp", "requestId"} <= set(error)
    assert error["requestId"] == response.headers["x-correlation-id"]
    for name, value in security_headers(production=True).items():
        assert response.headers[name] == value
    return error


def test_each_status_has_its_code(client: FlaskClient) -> None:
    check(client.get("/nowhere"), 404, "NOT_FOUND")
    check(client.get("//api//"), 404, "NOT_FOUND")
    check(client.delete("/api/"), 405, "METHOD_NOT_ALLOWED")
    check(client.post("/api/auth/login", data="x"), 415, "UNSUPPORTED_MEDIA_TYPE")
    check(client.get("/api/auth/me"), 401, "UNAUTHORIZED")
    check(client.post("/api/auth/login", data=b" " * (MAX_BODY_BYTES + 1), headers=JSON), 413, "PAYLOAD_TOO_LARGE")
    check(client.post("/api/auth/login", data=b" " * MAX_BODY_BYTES, headers=JSON), 400, "VALIDATION_ERROR")


def test_an_unforeseen_error_says_nothing_of_itself(make_client: MakeClient, environ: dict[str, str]) -> None:
    client = make_client()
    app: Flask = client.application

    def broken() -> str:
        raise RuntimeError("password=hunter2 at ann@example.org")

    app.add_url_rule("/broken", view_func=broken)
    response = client.get("/broken")
    error = check(response, 500, "INTERNAL_SERVER_ERROR")
    assert error["message"] == "An internal server error occurred"
    assert b"hunter2" not in response.data
    log = Path(environ["LOG_DIR"], "backend.log").read_text()
    assert "RuntimeError" in log
    assert "ann@example.org" not in log


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b'"text"',
        b'{"email":"a@b.c","email":"d@e.f","password":"x"}',
        b'{"email":NaN}',
        b'{"email":Infinity}',
        b'{"email":1e999}',
        b'{"email":' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"\xff\xfe\x00",
        b'{"email":null,"password":null}',
        b'{"email":["a@b.c"],"password":{"a":1}}',
        b'{"email":true,"password":1}',
        b'{"email":"\\ud800@b.c","password":"\\udfff"}',
        b'{"email":"a\\u0000@b.c","password":"\\u0000"}',
        b'{"email":"a@b.c","password":"' + b"x" * 200_000 + b'"}',
        b'{"email":"a@b.c","password":"x","admin":true}',
        b'{"json":{"json":{}}}',
    ],
)
@pytest.mark.parametrize("path", ["/api/auth/login", "/api/auth/signup", "/api/trpc/auth.login", "/api/ingest/logs"])
def test_no_body_leads_to_a_500_or_is_repeated(client: FlaskClient, path: str, body: bytes) -> None:
    response = client.post(path, data=body, headers=JSON)
    error = check(response, response.status_code, "VALIDATION_ERROR" if response.status_code == 400 else "UNAUTHORIZED")
    assert response.status_code in (400, 401)
    assert "x" * 50 not in response.text
    assert len(str(error)) < 3000


def test_a_field_at_fault_is_named_and_its_value_is_not(client: FlaskClient) -> None:
    body = {"email": "no address", "password": "Sekret-42-only-mine", "displayName": "x"}
    response = client.post("/api/auth/signup", json=body)
    error = check(response, 400, "VALIDATION_ERROR")
    details = error["details"]
    assert isinstance(details, list)
    assert {fault["path"] for fault in details} == {"email", "displayName"}
    assert "Sekret" not in response.text and "no address" not in response.text


def test_ids_are_echoed_when_well_formed_and_made_otherwise(client: FlaskClient) -> None:
    assert client.get("/api/", headers={"x-correlation-id": "req_1:a.b-c"}).headers["x-correlation-id"] == "req_1:a.b-c"
    assert client.get("/api/", headers={"x-request-id": "r2"}).headers["x-correlation-id"] == "r2"
    for bad in ("a b", "x" * 129, "a;b", "é", ""):
        made = client.get("/api/", headers={"x-correlation-id": bad}).headers["x-correlation-id"]
        assert re.fullmatch(r"[0-9a-f-]{36}", made)


def test_options_and_head_carry_the_headers_too(client: FlaskClient) -> None:
    for response in (client.options("/api/auth/login"), client.head("/api/"), client.options("/api/")):
        assert response.status_code in (200, 204)
        assert "html" not in response.headers.get("Content-Type", "")
        assert response.headers["X-Frame-Options"] == "DENY"


def test_transport_security_is_for_production(make_client: MakeClient) -> None:
    assert "Strict-Transport-Security" in make_client().get("/api/").headers
    assert "Strict-Transport-Security" not in make_client(APP_ENV="development").get("/api/").headers


@pytest.mark.parametrize("host", ["a b", "[::", "x" * 300, "evil/../", "é", "a:99999999", "", "@@"])
def test_a_hostile_host_header_is_harmless(client: FlaskClient, host: str) -> None:
    assert client.get("/api/", headers={"Host": host}).status_code in (200, 400)
    assert client.get("/api/ops/config", headers={"Host": host}).status_code in (400, 403)
