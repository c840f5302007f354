"""Tidies text that people typed: one Unicode form, straight quotes, nothing invisible; must not touch secrets."""

from __future__ import annotations

import re
import unicodedata

_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201b": "'", "\u201c": '"', "\u201d": '"', "\u201f": '"'})
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ud800-\udfff]")
_SPACES = re.compile(r"\s+")
_KEPT_AS_SENT = frozenset({"password", "currentPassword", "newPassword", "token", "refreshToken"})


def sanitise(value: object) -> object:
    """`value` with every text in it tidied, except under the keys that hold secrets."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return [sanitise(inner) for inner in value]
    if isinstance(value, dict):
        return {key: inner if key in _KEPT_AS_SENT else sanitise(inner) for key, inner in value.items()}
    return value


def text(value: str) -> str:
    """NFC, straight quotes, no control or zero-width characters, single spaces."""
    tidy = _INVISIBLE.sub("", unicodedata.normalize("NFC", value).translate(_QUOTES))
    return _SPACES.sub(" ", tidy).strip()
