"""Typed text is tidied; secrets are left as they were sent."""

from app.http.sanitise import sanitise


def test_text_is_tidied_deeply() -> None:
    said = {"name": "  Zo\u0065\u0301 \u201cX\u201d\u200b\u0007\n Y\u2019s ", "list": ["a\u202eb"], "n": 1}
    assert sanitise(said) == {"name": 'Zo\u00e9 "X" Y\'s', "list": ["ab"], "n": 1}


def test_passwords_and_tokens_are_left_alone() -> None:
    said = {"password": " p\u200b ", "newPassword": "a  b", "token": " t ", "nested": {"currentPassword": " x "}}
    assert sanitise(said) == said
