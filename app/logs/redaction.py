"""Takes personal data and secrets out of what is about to be logged; must not know what the line is about."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_SECRET_KEYS = frozenset({
    "password", "newpassword", "oldpassword", "currentpassword", "passwd", "pwd", "secret", "clientsecret",
    "token", "accesstoken", "refreshtoken", "idtoken", "authorization", "cookie", "setcookie",
    "apikey", "privatekey", "signingkey", "otp", "pin", "cvv", "cvc", "ssn", "hmac", "sig",
})  # fmt: skip
_MAX_DEPTH = 12
_MAX_TEXT = 8192

_TEXT = re.compile(
    r"(?P<jwt>\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*)"
    r"|(?P<bearer>\b[Bb]earer\s+[\w.~+/=-]{8,})"
    r"|(?P<key>\b[sp]k_[A-Za-z0-9_]{8,})"
    r"|(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)"
    r"|(?P<gps>-?\d{1,3}\.\d{4,},\s*-?\d{1,3}\.\d{4,})"
    r"|(?P<ip>(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:]{0,34}:[0-9A-Fa-f.:]{0,15})(?![\w:]))"
    r"|(?P<phone>\+\d[\d ().-]{6,18}\d)"
    r"|(?P<pan>(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-]))"
)
_LABELS = {
    "jwt": "[REDACTED_TOKEN]",
    "bearer": "Bearer [REDACTED_TOKEN]",
    "key": "[REDACTED_KEY]",
    "email": "[REDACTED_EMAIL]",
    "gps": "[REDACTED_GPS]",
    "phone": "[REDACTED_PHONE]",
}


class Clean(str):
    """Text that went through the redactor, or that nobody outside chose; it is not looked at again."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Redactor:
    """Redacts by the name of a key and by the shape of a text. Addresses become salted hashes."""

    salt: str = field(repr=False)

    def clean(self, value: object, depth: int = 0) -> object:
        """A copy of `value` fit to be written. Deeper than 12 levels it is cut."""
        if isinstance(value, str):
            return value if isinstance(value, Clean) else self.text(value)
        if isinstance(value, Mapping):
            if depth >= _MAX_DEPTH:
                return "[TOO_DEEP]"
            return {
                self.text(str(key)): "[REDACTED]" if _names_secret(str(key)) else self.clean(inner, depth + 1)
                for key, inner in value.items()
            }
        if isinstance(value, list | tuple):
            return "[TOO_DEEP]" if depth >= _MAX_DEPTH else [self.clean(inner, depth + 1) for inner in value]
        return value

    def text(self, value: str) -> Clean:
        """`value` with every recognised shape replaced, cut at 8192 characters."""
        if len(value) > _MAX_TEXT:
            value = value[:_MAX_TEXT] + "[CUT]"
        return Clean(_TEXT.sub(self._replace, value) if len(value) > 4 else value)

    def address(self, ip: str) -> Clean:
        """The salted hash that stands for a client address: 16 hex digits."""
        return _salted(ip, self.salt)

    def _replace(self, found: re.Match[str]) -> str:
        kind, text = found.lastgroup or "", found[0]
        if kind == "ip":
            return f"ip:{self.address(text)}" if _is_address(text) else text
        if kind == "pan":
            return "[REDACTED_PAN]" if _luhn(text) else text
        return _LABELS[kind]


@lru_cache(maxsize=4096)
def _salted(ip: str, salt: str) -> Clean:
    return Clean(hashlib.sha256(f"{ip}{salt}".encode()).hexdigest()[:16])


@lru_cache(maxsize=1024)
def _names_secret(key: str) -> bool:
    return re.sub(r"[^a-z]", "", key.lower()) in _SECRET_KEYS


def _is_address(text: str) -> bool:
    try:
        return not ipaddress.ip_address(text).is_unspecified
    except ValueError:
        return False


def _luhn(text: str) -> bool:
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    return (sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])) % 10 == 0
