"""Ids made without coordination: the minute, then random letters nobody misreads; knows no ledger."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 symbols: without I, L, O and U."""
_RANDOM = 5


def new_id(prefix: str, moment: datetime | None = None) -> str:
    """`INC-20261123-1430-7K3FQ`: the UTC minute and 25 random bits. A collision is for the ledger to refuse."""
    at = (moment or datetime.now(UTC)).astimezone(UTC)
    tail = "".join(secrets.choice(ALPHABET) for _ in range(_RANDOM))
    return f"{prefix}-{at:%Y%m%d-%H%M}-{tail}"


def incident_id() -> str:
    """The id of a new record."""
    return new_id("INC")


def run_id() -> str:
    """The id of a new run."""
    return new_id("RUN")
