"""`/api/auth/*` and its tRPC aliases: from requests to sign-in and back; must not hold a rule of its own."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Response, request

from app.auth import tokens
from app.auth.accounts import Account, EmailTaken
from app.auth.bodies import ChangePasswordBody, SignInBody, SignUpBody
from app.auth.sessions import Session, Sessions
from app.auth.signin import Locked, Reused, SignedIn, SignIn, WrongPassword
from app.auth.tokens import account_of_request, claims_of_request, signed_in
from app.http.api import Api
from app.http.body import accepts
from app.http.envelope import ApiError, refusal
from app.http.rpc import reply
from app.limits.limiter import Limits


def register(api: Api, limits: Limits, sessions: Sessions, sign_in: SignIn) -> None:
    """Add the routes. A limit stands before the body is judged, and after the token where one is needed."""

    @api.post("/api/auth/signup", rpc=("auth.signup",))
    @limits.auth("signup", limits.keys.account)
    @accepts(SignUpBody)
    def signup(body: SignUpBody) -> Response:
        try:
            opened = sign_in.sign_up(body.email, body.password, body.displayName, _agent())
        except EmailTaken:
            raise refusal(409, "There is an account with this e-mail address", field="email") from None
        return _signed_in(*opened, status=201)

    @api.post("/api/auth/login", rpc=("auth.login", "auth.signin"))
    @limits.auth("login", limits.keys.account)
    @accepts(SignInBody)
    def login(body: SignInBody) -> Response:
        name = limits.keys.of_account(body.email)
        try:
            return _signed_in(*sign_in.sign_in(body.email, body.password, name, _agent()))
        except WrongPassword:
            raise tokens.unauthorized("BAD_CREDENTIALS", "SEC_AUTH_REFUSED") from None
        except Locked as locked:
            raise _locked(locked) from None

    @api.post("/api/auth/refresh", rpc=("auth.refreshToken",))
    @signed_in(refresh=True)
    @limits.auth("refresh", limits.keys.user)
    def refresh() -> Response:
        claims = claims_of_request()
        try:
            opened = sign_in.refresh(claims["sub"], claims["sid"], claims["jti"])
        except Reused:
            raise tokens.unauthorized("REVOKED") from None
        return reply(_pair(opened))

    @api.post("/api/auth/logout", rpc=("auth.logout", "auth.signout"))
    @signed_in(either=True)
    @limits.default
    def logout() -> Response:
        sessions.revoke(claims_of_request()["sid"])
        return reply({"success": True})

    @api.get("/api/auth/me", rpc=("auth.getCurrentUser",))
    @signed_in()
    @limits.per_user(limits.settings.limit_user, "user")
    def me() -> Response:
        return reply({"user": person(account_of_request())})

    @api.post("/api/auth/change-password", rpc=("auth.changePassword",))
    @signed_in()
    @limits.auth("change-password", limits.keys.user)
    @accepts(ChangePasswordBody)
    def change_password(body: ChangePasswordBody) -> Response:
        if body.newPassword == body.currentPassword:
            raise refusal(400, "newPassword: must differ from the current one", field="newPassword")
        account = account_of_request()
        name = limits.keys.of_account(account.email)
        try:
            sign_in.change_password(account, claims_of_request()["sid"], body.currentPassword, body.newPassword, name)
        except WrongPassword:
            raise tokens.unauthorized("BAD_CREDENTIALS", "SEC_AUTH_REFUSED") from None
        except Locked as locked:
            raise _locked(locked) from None
        return reply({"success": True})

    @api.get("/api/auth/sessions")
    @signed_in()
    @limits.per_user(limits.settings.limit_user, "user")
    def list_sessions() -> Response:
        present = claims_of_request()["sid"]
        return reply({"sessions": [_session(s, present) for s in sessions.of(claims_of_request()["sub"])]})

    @api.delete("/api/auth/sessions/<session_id>")
    @signed_in()
    @limits.per_user(limits.settings.limit_user, "user")
    def revoke_session(session_id: str) -> Response:
        if not sessions.revoke(session_id, user_id=claims_of_request()["sub"]):
            raise refusal(404)
        return reply({"success": True})


def person(account: Account) -> dict[str, str]:
    """What an account's owner sees of it."""
    return {
        "id": account.id,
        "email": account.email,
        "displayName": account.display_name,
        "createdAt": _iso(account.created_at),
    }


def _signed_in(account: Account, opened: SignedIn, status: int = 200) -> Response:
    return reply({"user": person(account), **_pair(opened)}, status)


def _pair(opened: SignedIn) -> dict[str, object]:
    return tokens.issue(opened.user_id, opened.session_id, opened.refresh_jti)


def _session(session: Session, present: str) -> dict[str, object]:
    return {
        "id": session.id,
        "userAgent": session.user_agent,
        "createdAt": _iso(session.created_at),
        "refreshedAt": _iso(session.refreshed_at),
        "expiresAt": _iso(session.expires_at),
        "current": session.id == present,
    }


def _locked(locked: Locked) -> ApiError:
    headers = {"Retry-After": str(locked.seconds_left)}
    return refusal(
        403, "Too many failed attempts; the account is locked", details={"reason": "ACCOUNT_LOCKED"}, headers=headers
    )


def _agent() -> str:
    return request.headers.get("User-Agent", "")


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
