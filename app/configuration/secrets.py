"""What makes a secret good enough to sign with, and how to make or name one; must not know where it is kept."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import secrets
from collections import Counter
from itertools import pairwise

MIN_BYTES = 32
MIN_ENTROPY_BITS = 100.0
FINGERPRINT_LENGTH = 12

# Words people leave standing in example files. Random base64 meets one of them about once in 10^5 draws,
# and `generate` draws again when it does.
_PLACEHOLDER = re.compile(
    r"change[-_ ]?(me|it)|place[-_ ]?holder|your[-_]|example|insert|replace|secret|passw|-here|default|dummy|todo",
    re.IGNORECASE,
)
_DEVELOPMENT_ONLY = re.compile(r"^(dev|test|local)[-_]", re.IGNORECASE)


def weakness(value: str, *, development: bool) -> str | None:
    """Why `value` must not be used as a secret, or None. Judged by value, never by the variable's name.

    Outside production a value that announces itself as such (`dev-…`, `test-…`) is let through
    when it is long enough.
    """
    if len(value.encode()) < MIN_BYTES:
        return f"is {len(value.encode())} bytes long; at least {MIN_BYTES} are needed"
    if _DEVELOPMENT_ONLY.match(value):
        return None if development else "is a development secret"
    if _PLACEHOLDER.search(value):
        return "is a placeholder, not a secret"
    bits = entropy_bits(value)
    if bits < MIN_ENTROPY_BITS:
        return f"is guessable: about {bits:.0f} bits of entropy; at least {MIN_ENTROPY_BITS:.0f} are needed"
    return None


def entropy_bits(value: str) -> float:
    """A lower guess at the entropy of `value`, in bits.

    Shannon's measure over the characters alone is fooled by `abcdef…`; over the steps between
    neighbours alone by `azbycx…`. The smaller of the two counts.
    """
    steps = [ord(after) - ord(before) for before, after in pairwise(value)]
    return len(value) * min(_shannon(list(value)), _shannon(steps))


def _shannon(symbols: list[str] | list[int]) -> float:
    total = len(symbols)
    return -sum(n / total * math.log2(n / total) for n in Counter(symbols).values()) if total else 0.0


def generate() -> str:
    """A fresh secret: 48 random bytes, URL-safe base64, 64 characters."""
    while True:
        value = base64.urlsafe_b64encode(secrets.token_bytes(48)).decode()
        if weakness(value, development=False) is None:
            return value


def fingerprint(value: str) -> str:
    """The first twelve hex digits of the value's SHA-256: enough to compare two hosts, useless to sign with."""
    return hashlib.sha256(value.encode()).hexdigest()[:FINGERPRINT_LENGTH]
