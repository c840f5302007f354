"""Issues and verifies tokens; every fault of one is a 401 with its reason; must not know accounts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import TypedDict, TypeVar, cast

import jwt
from flask import Flask, Response, g
from flask_jwt_extended import JWTManager, create_access_token, create_refresh_token, jwt_required
from flask_jwt_extended.exceptions import (
    JWTExtendedException,
    NoAuthorizationError,
    RevokedTokenError,
    WrongTokenError,
)
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
from app.http.errors import respond
from app.logs.lines import logger

View = TypeVar("View", bound=Callable[..., Response])

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


class Manager(JWTManager):
    """Flask-JWT-Extended, except that a token without each required claim is refused, not completed."""

    def __init__(self, keys: Keyring) -> None:
        super().__init__()
        self.verify = Verifier(keys)

    def _decode_jwt_from_config(
        self,
        encoded_token: str,
        csrf_value: None = None,  # noqa: ARG002 - for cookies, which we do not take
        allow_expired: bool = False,  # noqa: ARG002 - never
    ) -> dict[str, object]:
        """The claims of a token, its key id added."""
        return cast("dict[str, object]", self.verify(encoded_token))


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
    if claims["type"] not in ("access", "refresh"):
        raise WrongTokenError("neither an access nor a refresh token")  # the library takes anything but a refresh token
    return cast(Claims, {**claims, "kid": key.id, "fresh": False})


def _verified(token: str, secret: str) -> dict[str, object]:
    return jwt.decode(token, secret, algorithms=["HS256"], issuer=ISSUER, options={"require": _REQUIRED})


def reason(error: Exception) -> str:
    """Why a token was refused, in the contract's words."""
    match error:
        case NoAuthorizationError():
            return "MISSING"
        case ExpiredSignatureError():
            return "TOKEN_EXPIRED"
        case InvalidSignatureError() | InvalidAlgorithmError():
            return "BAD_SIGNATURE"
        case ImmatureSignatureError():
            return "NOT_YET_VALID"
        case WrongTokenError():
            return "WRONG_TYPE"
        case RevokedTokenError():
            return "REVOKED"
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
    """Configure the extension, and answer its refusals in our envelope."""
    app.config.update(
        JWT_SECRET_KEY=keys.signing.secret,
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_REFRESH_TOKEN_EXPIRES=LIFETIME,
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_ENCODE_NBF=False,
        JWT_COOKIE_CSRF_PROTECT=False,  # no cookies: no claim for them
    )
    manager = Manager(keys)
    manager.init_app(app)
    manager.additional_headers_loader(lambda _identity: {"kid": keys.signing.id})

    @manager.token_in_blocklist_loader
    def ended(_header: object, claims: Claims) -> bool:
        g.account = sessions.holder(claims["sid"], claims["kid"])
        return g.account is None

    def refuse(error: Exception) -> Response:
        return respond(unauthorized(reason(error)))

    # The extension registered handlers for these classes and for their children; ours replace them all.
    for handled in list(app.error_handler_spec[None][None]):
        if issubclass(handled, JWTExtendedException | PyJWTError):
            app.register_error_handler(handled, refuse)
    app.register_error_handler(JWTExtendedException, refuse)
    app.register_error_handler(PyJWTError, refuse)


def signed_in(*, refresh: bool = False, either: bool = False) -> Callable[[View], View]:
    """A view decorator: the request must carry a valid access token; a refresh token; or `either`."""
    return cast("Callable[[View], View]", jwt_required(refresh=refresh, verify_type=not either))


def account_of_token() -> Account:
    """The account that the verified token of this request speaks for."""
    account: Account = g.account
    return account


def unauthorized(why: str, event: str = "SEC_AUTH_TOKEN_INVALID") -> ApiError:
    """The 401 of a `reason`, logged as a security event."""
    logger().warn(event, f"UNAUTHORIZED: {why}", cat="security", code="UNAUTHORIZED", data={"reason": why})
    return refusal(401, details={"reason": why}, headers={"WWW-Authenticate": "Bearer"})
