"""Every fault of a token is a 401 in our envelope with its reason; keys rotate without logout, or die at once."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from flask.testing import FlaskClient

from app.configuration.secrets import fingerprint, generate
from tests.app.conftest import MakeClient

Claims = dict[str, object]
PERSON = {"email": "ann@example.org", "password": "Correct7horse", "displayName": "Ann"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def sign_up(client: FlaskClient) -> dict[str, str]:
    tokens: dict[str, str] = client.post("/api/auth/signup", json=PERSON).get_json()
    return tokens


def refused(client: FlaskClient, token: str) -> str:
    response = client.get("/api/auth/me", headers=bearer(token))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    error = response.get_json()["error"]
    assert error["code"] == "UNAUTHORIZED"
    reason: str = error["details"]["reason"]
    return reason


def claims_of(token: str) -> Claims:
    return jwt.decode(token, options={"verify_signature": False})


def test_the_access_token_opens_and_says_what_it_must(client: FlaskClient, environ: dict[str, str]) -> None:
    token = sign_up(client)["accessToken"]
    assert client.get("/api/auth/me", headers=bearer(token)).get_json()["user"]["email"] == "ann@example.org"
    claims = claims_of(token)
    assert {"sub", "sid", "jti", "type", "iss", "iat", "exp"} <= set(claims)
    assert isinstance(claims["exp"], int) and isinstance(claims["iat"], int)
    assert claims["exp"] - claims["iat"] == 15 * 60
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": fingerprint(environ["JWT_SECRET"])}


def forged(
    environ: dict[str, str], good: Claims, change: Callable[[Claims], object], key: str = "", alg: str = "HS256"
) -> str:
    claims = dict(good)
    change(claims)
    return jwt.encode(claims, "" if alg == "none" else key or environ["JWT_SECRET"], algorithm=alg)


@pytest.mark.parametrize("claim", ["exp", "iat", "jti", "type", "iss", "sub", "sid"])
def test_a_token_without_a_required_claim_is_malformed(
    client: FlaskClient, environ: dict[str, str], claim: str
) -> None:
    good = claims_of(sign_up(client)["accessToken"])
    assert refused(client, forged(environ, good, lambda c: c.pop(claim))) == "MALFORMED"


def test_each_fault_has_its_reason(client: FlaskClient, environ: dict[str, str]) -> None:
    tokens = sign_up(client)
    good = claims_of(tokens["accessToken"])
    now = int(time.time())

    def with_(**values: object) -> str:
        return forged(environ, good, lambda c: c.update(values))

    assert client.get("/api/auth/me", headers=bearer(with_())).status_code == 200, "the forger's hand is steady"
    assert refused(client, with_(exp=now - 1)) == "TOKEN_EXPIRED"
    assert refused(client, with_(iat=now + 600)) == "NOT_YET_VALID"
    assert refused(client, with_(iss="somebody")) == "MALFORMED"
    assert refused(client, with_(sub=1)) == "MALFORMED"
    assert refused(client, with_(sid=["x"])) == "MALFORMED"
    assert refused(client, with_(sid="00000000-0000-0000-0000-000000000000")) == "REVOKED"
    assert refused(client, tokens["refreshToken"]) == "WRONG_TYPE"
    assert refused(client, with_(type="other")) == "WRONG_TYPE"
    assert refused(client, forged(environ, good, lambda c: c, key=generate())) == "BAD_SIGNATURE"
    assert refused(client, forged(environ, good, lambda c: c, alg="none")) == "BAD_SIGNATURE"
    assert refused(client, forged(environ, good, lambda c: c, alg="HS512")) == "BAD_SIGNATURE"
    for garbage in ("x", "a.b.c", "é.é.é", "." * 5000, "null", tokens["accessToken"][:-40]):
        assert refused(client, garbage) in ("MALFORMED", "BAD_SIGNATURE")
    assert client.get("/api/auth/me").get_json()["error"]["details"]["reason"] == "MISSING"
    for header in ("Bearer", "Basic abc", "Bearer a b", "", ",  ,", ", ,Bearer x", "Bearer a, Bearer b"):
        response = client.get("/api/auth/me", headers={"Authorization": header})
        assert response.status_code == 401, header


def test_planned_rotation_logs_nobody_out(make_client: MakeClient, environ: dict[str, str]) -> None:
    old = sign_up(make_client())
    until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    rotated = {
        "JWT_SECRET": generate(),
        "JWT_SECRET_PREVIOUS": environ["JWT_SECRET"],
        "JWT_SECRET_PREVIOUS_UNTIL": until,
    }
    client = make_client(**rotated)
    assert client.get("/api/auth/me", headers=bearer(old["accessToken"])).status_code == 200
    fresh = client.post("/api/auth/refresh", headers=bearer(old["refreshToken"])).get_json()["accessToken"]
    assert jwt.get_unverified_header(fresh)["kid"] == fingerprint(rotated["JWT_SECRET"])
    ended = make_client(**rotated | {"JWT_SECRET_PREVIOUS_UNTIL": "2020-01-01T00:00:00Z"})
    assert refused(ended, old["accessToken"]) == "BAD_SIGNATURE"
    assert ended.get("/api/auth/me", headers=bearer(fresh)).status_code == 200


def test_compromised_rotation_kills_old_tokens_at_once(make_client: MakeClient, environ: dict[str, str]) -> None:
    client = make_client()
    old = sign_up(client)
    kid = fingerprint(environ["JWT_SECRET"])
    assert client.post("/api/ops/keys/revoke", json={"fingerprint": kid}).get_json()["rotateNow"] is True
    assert refused(client, old["accessToken"]) == "REVOKED", "before any reload"
    assert refused(make_client(JWT_SECRET=generate()), old["accessToken"]) == "BAD_SIGNATURE"
