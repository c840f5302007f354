"""Templates: one pass, one look-up, encoded for where they stand."""

import json
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.primitives.template import TemplateError, in_header, in_json, in_url, parse_template


def test_names_are_looked_up_once() -> None:
    found = parse_template("{{ a }}-{{b}}-{{ incident.id }}-{{ a }}")
    assert found.names == ("a", "b", "incident.id")
    assert found.mentions[1] == ("b", 10)
    assert found.render({"a": 1, "b": True, "incident.id": "INC-1"}) == "1-true-INC-1-1"


def test_a_value_is_never_read_as_a_template_again() -> None:
    assert parse_template("{{ a }}").render({"a": "{{ b }}", "b": "no"}) == "{{ b }}"


def test_a_missing_value_is_said() -> None:
    with pytest.raises(ValueError, match=r"^b has no value here, but '\{\{ b \}\}' uses it$"):
        parse_template("{{ b }}").render({})


@pytest.mark.parametrize(
    ("text", "column"),
    [("{{ a|b }}", 0), ("x {{ A }}", 2), ("{{", 0), ("{{ a", 0), ("{{ a + b }}", 0), ("{{ a }} {{}}", 8)],
)
def test_only_plain_names_stand_in_it(text: str, column: int) -> None:
    with pytest.raises(TemplateError) as caught:
        parse_template(text)
    assert caught.value.column == column


def test_json_braces_are_left_alone() -> None:
    assert parse_template('{"a": {"b": {{ port }}}}').render({"port": 1}) == '{"a": {"b": 1}}'


@given(st.text())
def test_a_value_stays_one_url_component(value: str) -> None:
    url = parse_template("http://h/{{ a }}/x").render({"a": value}, in_url)
    assert url.startswith("http://h/") and url.endswith("/x")
    middle = url[len("http://h/") : -len("/x")]
    assert not set(middle) & set("/?#&= \n\"'<>")
    assert unquote(middle) == value


def test_a_value_may_start_a_url_when_it_is_one() -> None:
    url = parse_template("{{ base }}/api/{{ id }}")
    assert url.render({"base": "https://example.org:8/x", "id": "a/b"}, in_url) == "https://example.org:8/x/api/a%2Fb"
    for hostile in ("ftp://x", "http://a b", "http://x\r\nHost: y", "javascript:1", ""):
        with pytest.raises(ValueError, match="cannot start a URL"):
            url.render({"base": hostile, "id": ""}, in_url)


@given(st.text())
def test_a_value_stays_one_json_string(value: str) -> None:
    text = parse_template('{"k": "{{ a }}", "l": 1}').render({"a": value}, in_json)
    assert json.loads(text) == {"k": value, "l": 1}


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "\0", "ключ"])
def test_no_value_starts_another_header(value: str) -> None:
    with pytest.raises(ValueError, match="header"):
        parse_template("Bearer {{ a }}").render({"a": value}, in_header)


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("{} a.|")))
def test_no_text_crashes_it(text: str) -> None:
    try:
        found = parse_template(text)
    except TemplateError as error:
        assert text.startswith("{{", error.column)
    else:
        assert found.render(dict.fromkeys(found.names, "")) is not None
