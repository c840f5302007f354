"""What a password must be and how it is kept; must not know whose it is."""

from __future__ import annotations

import threading
from typing import Annotated

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from pydantic import AfterValidator, Field

# OWASP's recommendation for Argon2id. 19 MiB each, and never more than two at once in a worker, so that
# a flood of sign-ins cannot exhaust memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(2)


def _strong(value: str) -> str:
    if not (any(c.isupper() for c in value) and any(c.islower() for c in value) and any(c.isdigit() for c in value)):
        raise ValueError("needs an upper case letter, a lower case letter and a digit")
    value.encode()  # a lone surrogate is no text
    return value


NewPassword = Annotated[str, Field(min_length=8, max_length=128), AfterValidator(_strong)]
GivenPassword = Annotated[str, Field(min_length=1, max_length=128)]


def hashed(password: str) -> str:
    """The Argon2id hash to keep."""
    with _AT_ONCE:
        return _HASHER.hash(password)


_NOBODY = hashed("the account does not exist")


def matches(password: str, kept: str | None) -> bool:
    """Whether `password` is the one behind `kept`. Without an account it takes as long and is False."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(kept or _NOBODY, password) and kept is not None
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False
