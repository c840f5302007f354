"""The OpenAPI document is valid and true; what schemathesis makes of it never brings a 500 or another shape."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.schemas import BaseSchema

from app.http.openapi import describe
from tests.app.auth.test_tokens import sign_up
from tests.app.conftest import MakeClient

# Their success changes what later requests see; the rest of the suite tries them.
_LEFT_OUT = {"/api/ops/maintenance", "/api/ops/keys/revoke", "/api/ops/logs/reopen", "/api/ops/sessions/revoke"}
_ENDS_SESSION = {
    "/api/auth/logout",
    "/api/trpc/auth.logout",
    "/api/trpc/auth.signout",
    "/api/auth/refresh",
    "/api/trpc/auth.refreshToken",
}


@pytest.fixture
def target(make_client: MakeClient) -> Iterator[tuple[FlaskClient, BaseSchema, str]]:
    wide = {f"LIMIT_{name}": "1000000 per minute" for name in ("USER", "CHAT", "ANALYTICS", "SENSITIVE", "AUTH")}
    client = make_client(**wide)
    document = json.loads(json.dumps(describe(client.application)))
    yield client, schemathesis.openapi.from_dict(document), sign_up(client)["accessToken"]


def test_the_document_names_every_route_and_is_served(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    for path in ("/api/", "/api/auth/login", "/api/trpc/auth.login", "/api/ingest/logs", "/api/ops/config"):
        assert path in document["paths"]
    assert "requestBody" in document["paths"]["/api/ingest/logs"]["post"]


def test_no_generated_request_brings_a_500_or_another_shape(target: tuple[FlaskClient, BaseSchema, str]) -> None:
    client, schema, token = target
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    tried = [op for op in operations if op.path not in _LEFT_OUT | _ENDS_SESSION]
    assert len(tried) > 25

    for operation in tried:
        cases = st.one_of(
            operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE),
        )

        @given(case=cases)
        @settings(
            max_examples=15,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        def fuzz(case: schemathesis.Case[Any]) -> None:
            made = case.as_transport_kwargs(base_url="http://localhost")
            response = client.open(
                path=case.formatted_path,
                method=case.method,
                query_string=made.get("params"),
                json=made.get("json"),
                data=made.get("data") if made.get("json") is None else None,
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            assert response.status_code < 500 or response.status_code == 503, response.text
            assert "html" not in response.content_type
            if response.status_code >= 400:
                assert set(response.get_json()) <= {"error", "retryAfter"}
                assert "Traceback" not in response.text

        fuzz()
