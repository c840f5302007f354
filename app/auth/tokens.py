"""Issues and verifies tokens; every fault of one is a 401 with its reason; must not know accounts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache, wraps
from typing import TypedDict, TypeVar, cast

import jwt
from flask import Flask, Response, current_app, g, request
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token
from jwt.exceptions import (
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAlgorithmError,
    InvalidSignatureError,
    PyJWTError,
)

from app.auth.accounts import Account
from app.auth.keys import Keyring
from app.auth.sessions import LIFETIME, Sessions
from app.http.envelope import ApiError, refusal
from app.logs.lines import logger

View = TypeVar("View", bound=Callable[..., Response])

_GUARD = "guard"

ISSUER = "linguamate-backend"
ACCESS_LIFETIME = timedelta(minutes=15)
_REQUIRED = ["exp", "iat", "jti", "type", "iss", "sub", "sid"]


class Claims(TypedDict):
    """What every token says."""

    sub: str
    sid: str
    jti: str
    type: str
    iss: str
    iat: int
    exp: int
    kid: str


class Verifier:
    """Remembers tokens it verified, since a client sends one many times; their end is looked at each time.

    Sessions and revoked keys are not remembered: they are asked for at each request.
    """

    def __init__(self, keys: Keyring) -> None:
        self._decode = lru_cache(maxsize=2048)(lambda token: decode(token, keys))
        self._keys = keys

    def __call__(self, token: str) -> Claims:
        """The claims. Raises PyJWTError."""
        claims = self._decode(token)
        if claims["exp"] <= time.time():
            raise ExpiredSignatureError("Signature has expired")
        if self._keys.find(claims["kid"]) is None:
            raise InvalidSignatureError("its key verifies no longer")
        return cast(Claims, dict(claims))


def decode(token: str, keys: Keyring) -> Claims:
    """The claims of a valid token. Raises PyJWTError."""
    try:
        key, claims = keys.signing, _verified(token, keys.signing.secret)
    except InvalidSignatureError:
        other = keys.find(jwt.get_unverified_header(token).get("kid"))
        if other is None:
            raise
        key, claims = other, _verified(token, other.secret)
    if not all(isinstance(claims[name], str) for name in ("jti", "type", "sub", "sid")):
        raise jwt.DecodeError("a claim is not a text")
    return cast(Claims, {**claims, "kid": key.id, "fresh": False})


def _verified(token: str, secret: str) -> dict[str, object]:
    return jwt.decode(token, secret, algorithms=["HS256"], issuer=ISSUER, options={"require": _REQUIRED})


def reason(error: PyJWTError) -> str:
    """Why a token was refused, in the contract's words."""
    match error:
        case ExpiredSignatureError():
            return "TOKEN_EXPIRED"
        case InvalidSignatureError() | InvalidAlgorithmError():
            return "BAD_SIGNATURE"
        case ImmatureSignatureError():
            return "NOT_YET_VALID"
        case _:
            return "MALFORMED"


def issue(user_id: str, session_id: str, refresh_jti: str) -> dict[str, object]:
    """A pair of tokens for a session, as the client receives them; `expiresIn` in seconds."""
    claims = {"sid": session_id}
    return {
        "accessToken": create_access_token(user_id, additional_claims=claims),
        "refreshToken": create_refresh_token(user_id, additional_claims=claims | {"jti": refresh_jti}),
        "tokenType": "Bearer",
        "expiresIn": int(ACCESS_LIFETIME.total_seconds()),
    }


def register(app: Flask, keys: Keyring, sessions: Sessions) -> None:
    """Configure how tokens are issued, and leave what verifies them where `signed_in` finds it."""
    app.config.update(
        JWT_SECRET_KEY=keys.signing.secret,
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_REFRESH_TOKEN_EXPIRES=LIFETIME,
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_ENCODE_NBF=False,
        JWT_COOKIE_CSRF_PROTECT=False,  # no cookies: no claim for them
    )
    JWTManager(app).additional_headers_loader(lambda _identity: {"kid": keys.signing.id})
    app.extensions[_GUARD] = Guard(Verifier(keys), sessions)


class Guard:
    """Decides whether the request's token opens a route. What it learns is left in `g`.

    The extension's own `jwt_required` would complete tokens that lack claims, take any type but refresh
    for access, and read each token twice.
    """

    def __init__(self, verify: Verifier, sessions: Sessions) -> None:
        self._verify = verify
        self._sessions = sessions

    def admit(self, types: frozenset[str]) -> None:
        """Raises the 401 with its reason, unless the token is valid, of one of `types`, and its session lives."""
        header = request.environ.get("HTTP_AUTHORIZATION")
        if not header:
            raise unauthorized("MISSING")
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer" or not token or " " in token:
            raise unauthorized("MALFORMED" if scheme == "Bearer" and token else "MISSING")
        try:
            claims = self._verify(token)
        except PyJWTError as error:
            raise unauthorized(reason(error)) from None
        if claims["type"] not in types:
            raise unauthorized("WRONG_TYPE")
        account = self._sessions.holder(claims["sid"], claims["kid"])
        if account is None:
            raise unauthorized("REVOKED")
        g.claims, g.account = claims, account


def signed_in(*types: str) -> Callable[[View], View]:
    """A view decorator: the request must carry a valid token of one of `types`, else an access token."""
    admitted = frozenset(types or ("access",))

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> Response:
            current_app.extensions[_GUARD].admit(admitted)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def claims_of_request() -> Claims:
    """What the verified token of this request says."""
    claims: Claims = g.claims
    return claims


def account_of_request() -> Account:
    """The account it speaks for."""
    account: Account = g.account
    return account


def unauthorized(why: str, event: str = "SEC_AUTH_TOKEN_INVALID") -> ApiError:
    """The 401 of a `reason`, logged as a security event."""
    logger().warn(event, f"UNAUTHORIZED: {why}", cat="security", code="UNAUTHORIZED", data={"reason": why})
    return refusal(401, details={"reason": why}, headers={"WWW-Authenticate": "Bearer"})
