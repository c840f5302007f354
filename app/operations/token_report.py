"""Says of a token what is wrong with it and when it ends; must not keep it."""

from __future__ import annotations

import time

import jwt
from flask_jwt_extended import decode_token
from jwt.exceptions import PyJWTError

from app.auth.keys import Keyring
from app.auth.sessions import Sessions
from app.auth.tokens import reason

_SHOWN = ("type", "iss", "iat", "exp", "sub", "sid")


def report(token: str, keys: Keyring, sessions: Sessions) -> dict[str, object]:
    """Validity, reason and the token's own claims, which are unproven unless `valid`. Times in seconds."""
    try:
        header = jwt.get_unverified_header(token)
        said = jwt.decode(token, options={"verify_signature": False})
    except PyJWTError:
        header, said = {}, {}
    try:
        claims = decode_token(token)
        lives = sessions.holder(claims["sid"], keys.of_token(header.get("kid")).id) is not None
        why = None if lives else "REVOKED"
    except PyJWTError as error:
        why = reason(error)
    now = int(time.time())
    issued, expires = said.get("iat"), said.get("exp")
    return {
        "valid": why is None,
        "reason": why,
        "keyId": header.get("kid"),
        "keysInForce": [key.id for key in keys.all],
        "claims": {name: said[name] for name in _SHOWN if isinstance(said.get(name), str | int)},
        "expiresInSeconds": expires - now if isinstance(expires, int) else None,
        "issuedInFuture": isinstance(issued, int) and issued > now,
        "now": now,
    }
