"""Sign-up, sign-in, refresh, logout, password change and sessions, by the rules of the contract."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.app.auth.test_tokens import PERSON, bearer, refused, sign_up

LOGIN = {"email": "Ann@Example.org", "password": "Correct7horse"}


@pytest.mark.parametrize(
    "password", ["Short7a", "alllowercase7", "ALLUPPERCASE7", "NoDigitsHere", "A7" + "a" * 127, ""]
)
def test_weak_passwords_are_refused(client: FlaskClient, password: str) -> None:
    response = client.post("/api/auth/signup", json=PERSON | {"password": password})
    assert response.status_code == 400
    assert response.get_json()["error"]["field"] == "password"


@pytest.mark.parametrize("name", ["x", "x" * 41, " ", "\u200b\u200b\u200b"])
def test_display_names_have_2_to_40_characters(client: FlaskClient, name: str) -> None:
    assert client.post("/api/auth/signup", json=PERSON | {"displayName": name}).status_code == 400


def test_an_address_has_one_account(client: FlaskClient) -> None:
    sign_up(client)
    again = client.post("/api/auth/signup", json=PERSON | {"email": "ANN@example.org"})
    assert (again.status_code, again.get_json()["error"]["code"]) == (409, "CONFLICT")


def test_a_password_is_kept_as_argon2_only(client: FlaskClient, environ: dict[str, str]) -> None:
    sign_up(client)
    kept = [path.read_bytes() for path in Path(environ["DATA_DIR"]).glob("backend.sqlite*")]
    data = b"".join(kept)
    assert b"$argon2id$" in data
    assert b"Correct7horse" not in data


def test_unknown_account_and_wrong_password_look_alike(client: FlaskClient) -> None:
    sign_up(client)
    answers = [
        client.post("/api/auth/login", json={"email": email, "password": "Wrong7horse"})
        for email in ("ann@example.org", "nobody@example.org")
    ]
    shapes = [{k: v for k, v in a.get_json()["error"].items() if k not in ("timestamp", "requestId")} for a in answers]
    assert shapes[0] == shapes[1]
    assert [a.status_code for a in answers] == [401, 401]


def test_five_wrong_passwords_lock_the_door_even_for_the_right_one(
    client: FlaskClient, environ: dict[str, str]
) -> None:
    sign_up(client)
    wrong = LOGIN | {"password": "Wrong7horse"}
    assert [client.post("/api/auth/login", json=wrong).status_code for _ in range(6)] == [401] * 5 + [403]
    locked = client.post("/api/auth/login", json=LOGIN)
    assert locked.get_json()["error"]["details"]["reason"] == "ACCOUNT_LOCKED"
    assert 0 < int(locked.headers["Retry-After"]) <= 900
    log = Path(environ["LOG_DIR"], "security.log").read_text()
    assert "SEC_AUTH_BRUTEFORCE" in log and "SEC_AUTH_ACCOUNT_LOCKED" in log
    opened = client.post("/api/ops/limits/clear", json={"subject": "account:ann@example.org"})
    assert opened.get_json()["unlocked"] is True
    assert client.post("/api/auth/login", json=LOGIN).status_code == 200


def test_a_success_forgets_the_failures(client: FlaskClient) -> None:
    sign_up(client)
    for _ in range(3):
        for _ in range(4):
            client.post("/api/auth/login", json=LOGIN | {"password": "Wrong7horse"})
        assert client.post("/api/auth/login", json=LOGIN).status_code == 200


def test_a_refresh_token_works_once_and_its_copy_ends_the_session(client: FlaskClient) -> None:
    first = sign_up(client)
    second = client.post("/api/auth/refresh", headers=bearer(first["refreshToken"])).get_json()
    assert client.get("/api/auth/me", headers=bearer(second["accessToken"])).status_code == 200
    assert client.post("/api/auth/refresh", headers=bearer(first["refreshToken"])).status_code == 401
    assert refused(client, second["accessToken"]) == "REVOKED"
    assert client.post("/api/auth/refresh", headers=bearer(second["refreshToken"])).status_code == 401


def test_an_access_token_does_not_refresh(client: FlaskClient) -> None:
    response = client.post("/api/auth/refresh", headers=bearer(sign_up(client)["accessToken"]))
    assert response.get_json()["error"]["details"]["reason"] == "WRONG_TYPE"


def test_logout_ends_this_session_only(client: FlaskClient) -> None:
    here = sign_up(client)
    there = client.post("/api/auth/login", json=LOGIN).get_json()
    assert client.post("/api/auth/logout", headers=bearer(here["accessToken"])).status_code == 200
    assert refused(client, here["accessToken"]) == "REVOKED"
    assert client.get("/api/auth/me", headers=bearer(there["accessToken"])).status_code == 200
    assert client.get("/api/auth/logout").status_code == 405, "no state changes by GET"


def test_three_sessions_at_most_the_oldest_goes(client: FlaskClient) -> None:
    tokens = [sign_up(client), *(client.post("/api/auth/login", json=LOGIN).get_json() for _ in range(3))]
    assert refused(client, tokens[0]["accessToken"]) == "REVOKED"
    listed = client.get("/api/auth/sessions", headers=bearer(tokens[3]["accessToken"])).get_json()["sessions"]
    assert len(listed) == 3
    assert [session["current"] for session in listed].count(True) == 1


def test_a_session_is_revoked_by_its_owner_alone(client: FlaskClient) -> None:
    ann = sign_up(client)
    bob = client.post("/api/auth/signup", json=PERSON | {"email": "bob@example.org"}).get_json()
    session = client.get("/api/auth/sessions", headers=bearer(ann["accessToken"])).get_json()["sessions"][0]["id"]
    assert client.delete(f"/api/auth/sessions/{session}", headers=bearer(bob["accessToken"])).status_code == 404
    assert client.delete(f"/api/auth/sessions/{session}", headers=bearer(ann["accessToken"])).status_code == 200
    assert refused(client, ann["accessToken"]) == "REVOKED"


def test_a_new_password_ends_the_other_sessions(client: FlaskClient) -> None:
    here = sign_up(client)
    there = client.post("/api/auth/login", json=LOGIN).get_json()

    def change(current: str, new: str) -> int:
        body = {"currentPassword": current, "newPassword": new}
        return client.post("/api/auth/change-password", json=body, headers=bearer(here["accessToken"])).status_code

    assert change("Wrong7horse", "Better8horse") == 401
    assert change("Correct7horse", "Correct7horse") == 400
    assert change("Correct7horse", "Better8horse") == 200
    assert refused(client, there["accessToken"]) == "REVOKED"
    assert client.get("/api/auth/me", headers=bearer(here["accessToken"])).status_code == 200
    assert client.post("/api/auth/login", json=LOGIN).status_code == 401
    assert client.post("/api/auth/login", json=LOGIN | {"password": "Better8horse"}).status_code == 200


def test_trpc_names_are_the_same_views(client: FlaskClient) -> None:
    made = client.post("/api/trpc/auth.signup", json={"json": PERSON}).get_json()
    token = made["result"]["data"]["json"]["accessToken"]
    for name in ("auth.getCurrentUser", "user.get"):
        got = client.get(f"/api/trpc/{name}?input=%7B%7D", headers=bearer(token)).get_json()
        assert got["result"]["data"]["json"]["user"]["displayName"] == "Ann"
    assert client.post("/api/trpc/auth.signin", json=LOGIN).status_code == 200, "a bare body too"
    fault = client.post("/api/trpc/auth.login", json={"json": {"email": 1}})
    assert fault.get_json()["error"]["code"] == "VALIDATION_ERROR"


def test_profile_chat_and_analytics_do_their_little(client: FlaskClient) -> None:
    headers = bearer(sign_up(client)["accessToken"])
    changed = client.post("/api/user", json={"displayName": " Zo\u0065\u0301 "}, headers=headers)
    assert changed.get_json()["user"]["displayName"] == "Zo\u00e9"
    assert client.get("/api/user", headers=headers).get_json()["user"]["displayName"] == "Zo\u00e9"
    assert (
        client.post("/api/chat/messages", json={"message": "hi"}, headers=headers).get_json()["reply"] == "You said: hi"
    )
    assert client.post("/api/analytics/events", json={"event": "lesson.done"}, headers=headers).status_code == 200
