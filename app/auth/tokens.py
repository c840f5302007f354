"""Issues and verifies tokens; every fault of one is a 401 with its reason; must not know passwords."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypedDict, TypeVar, cast

from flask import Flask, Response, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    get_current_user,
    get_jwt,
    jwt_required,
)
from flask_jwt_extended.exceptions import WrongTokenError
from jwt.exceptions import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAlgorithmError,
    InvalidSignatureError,
    MissingRequiredClaimError,
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
_REQUIRED = ("exp", "iat", "jti", "type", "iss", "sub", "sid")
_TEXTS = ("jti", "type", "sub", "sid")
_REASONS: dict[type[Exception], str] = {
    ExpiredSignatureError: "TOKEN_EXPIRED",
    InvalidSignatureError: "BAD_SIGNATURE",
    InvalidAlgorithmError: "BAD_SIGNATURE",
    ImmatureSignatureError: "NOT_YET_VALID",
    WrongTokenError: "WRONG_TYPE",
}


class Claims(TypedDict):
    """What every token says."""

    sub: str
    sid: str
    jti: str
    type: str
    iss: str
    iat: int
    exp: int


def reason(error: Exception) -> str:
    """Why a token was refused, in the contract's words."""
    return next((why for kind, why in _REASONS.items() if isinstance(error, kind)), "MALFORMED")


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
    """Set Flask-JWT-Extended up: our keys, our claims, our sessions, and its refusals in our envelope."""
    app.config.update(
        JWT_SECRET_KEY=keys.signing.secret,
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_REFRESH_TOKEN_EXPIRES=LIFETIME,
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_DECODE_ISSUER=ISSUER,
        JWT_ENCODE_NBF=False,
        JWT_COOKIE_CSRF_PROTECT=False,  # no cookies: no claim for them
    )
    manager = JWTManager(app)
    manager.additional_headers_loader(lambda _identity: {"kid": keys.signing.id})

    @manager.decode_key_loader
    def key(header: dict[str, object], unproven: dict[str, object]) -> str:
        """The secret that must have signed the token. Claims are looked at here, before the extension adds its own."""
        for name in _REQUIRED:
            if name not in unproven:
                raise MissingRequiredClaimError(name)
        if not all(isinstance(unproven[name], str) for name in _TEXTS):
            raise DecodeError("a claim is not a text")
        return keys.of_token(header.get("kid")).secret

    @manager.token_verification_loader
    def of_known_type(_header: object, claims: Claims) -> bool:
        """To the extension all that is not a refresh token is an access token."""
        return claims["type"] in ("access", "refresh")

    @manager.user_lookup_loader
    def holder(header: dict[str, object], claims: Claims) -> Account | None:
        """One query says whose session it is, that it lives, and that its key was not given up."""
        return sessions.holder(claims["sid"], keys.of_token(header.get("kid")).id)

    _refuse_in_our_envelope(app, manager)

    @app.before_request
    def one_credential() -> None:
        """The extension splits the header at commas, and fails on an empty piece."""
        given = request.environ.get("HTTP_AUTHORIZATION", "")
        if "," in given:
            request.environ["HTTP_AUTHORIZATION"] = given.replace(",", " ")


def _refuse_in_our_envelope(app: Flask, manager: JWTManager) -> None:
    def refuse(why: str) -> Callable[..., Response]:
        return lambda *_: respond(unauthorized(why))

    manager.unauthorized_loader(refuse("MISSING"))
    manager.invalid_token_loader(refuse("MALFORMED"))
    manager.expired_token_loader(refuse("TOKEN_EXPIRED"))
    manager.needs_fresh_token_loader(refuse("WRONG_TYPE"))
    manager.token_verification_failed_loader(refuse("WRONG_TYPE"))
    manager.user_lookup_error_loader(refuse("REVOKED"))
    manager.revoked_token_loader(refuse("REVOKED"))
    for kind, why in _REASONS.items():  # most of these are one to the extension: invalid
        app.register_error_handler(kind, refuse(why))


def signed_in(*, refresh: bool = False, either: bool = False) -> Callable[[View], View]:
    """A view decorator: the request must carry a valid access token; a refresh token; or `either`."""
    return cast("Callable[[View], View]", jwt_required(refresh=refresh, verify_type=not either))


def claims_of_request() -> Claims:
    """What the verified token of this request says."""
    return cast(Claims, get_jwt())


def account_of_request() -> Account:
    """The account it speaks for."""
    return cast(Account, get_current_user())


def unauthorized(why: str, event: str = "SEC_AUTH_TOKEN_INVALID") -> ApiError:
    """The 401 of a `reason`, logged as a security event."""
    logger().warn(event, f"UNAUTHORIZED: {why}", cat="security", code="UNAUTHORIZED", data={"reason": why})
    return refusal(401, details={"reason": why}, headers={"WWW-Authenticate": "Bearer"})
