"""What must never reach a log file does not, and what operators need stays readable."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.logs.lines import Renderer
from app.logs.redaction import Redactor

REDACTOR = Redactor("salt")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("mail ann.lee+x@example.co.uk now", "mail [REDACTED_EMAIL] now"),
        ("call +49 (170) 123-4567", "call [REDACTED_PHONE]"),
        ("eyJhbGciOiJIUzI1.eyJzdWIiOiIx.sig-1", "[REDACTED_TOKEN]"),
        ("Authorization: Bearer abc.def-ghi", "Authorization: Bearer [REDACTED_TOKEN]"),
        ("key sk_live_abcdef1234", "key [REDACTED_KEY]"),
        ("card 4111 1111 1111 1111.", "card [REDACTED_PAN]."),
        ("at 48.8566, 2.35222", "at [REDACTED_GPS]"),
        ("from 203.0.113.9", f"from ip:{REDACTOR.address('203.0.113.9')}"),
        ("from 2001:db8::1", f"from ip:{REDACTOR.address('2001:db8::1')}"),
    ],
)
def test_shapes_are_replaced(text: str, clean: str) -> None:
    assert REDACTOR.text(text) == clean


@pytest.mark.parametrize(
    "text",
    ["12:34:56", "2026-11-20T10:00:00.123Z", "1.2.3", "/api/auth/login", "4111111111111112", "version 1.10.0", "::"],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_keys_that_name_secrets_hide_their_values() -> None:
    said = {"password": "x", "access_token": "y", "Set-Cookie": "z", "nested": [{"apiKey": "k", "name": "n"}]}
    clean = REDACTOR.clean(said)
    hidden = "[REDACTED]"
    assert clean == {
        "password": hidden,
        "access_token": hidden,
        "Set-Cookie": hidden,
        "nested": [{"apiKey": hidden, "name": "n"}],
    }


def test_depth_and_length_are_bounded() -> None:
    deep: object = "end"
    for _ in range(100):
        deep = [deep]
    assert "[TOO_DEEP]" in json.dumps(REDACTOR.clean(deep))
    assert len(REDACTOR.text("x" * 100_000)) < 9000


@given(st.text(), st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_every_line_is_one_line_of_ascii_json(message: str, data: dict[str, object]) -> None:
    line = Renderer("test", "here", REDACTOR).render({"level": "INFO", "evt": "e", "event": message, "data": data})
    assert line.isascii() and line.isprintable()
    assert json.loads(line)["level"] == "INFO"
