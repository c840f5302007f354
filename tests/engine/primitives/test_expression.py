"""Conditions: what they mean, in which order they ask, and what is said of ill-formed ones."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.primitives.expression import Expression, ExpressionError, Kind, Unlike
from engine.primitives.expression_parser import parse
from engine.primitives.values import Value

VALUES: dict[str, Value] = {
    "up": True,
    "down": False,
    "port": 8080,
    "share": 0.5,
    "unit": "web",
    "incident.id": "INC-1",
}


def test_every_part_of_the_grammar() -> None:
    truths = {
        "up": True,
        "not up": False,
        "not not up": True,
        "up and down": False,
        "up or down": True,
        "down or up and down": False,
        "(down or up) and not down": True,
        "port == 8080": True,
        "port != 8080": False,
        "port > 1024 and port <= 8080": True,
        "port < 8080.5": True,
        "port >= -1": True,
        "share == 0.5": True,
        'unit == "web"': True,
        "unit == 'web'": True,
        'unit in ["db", "web"]': True,
        'unit not in ["db", "web"]': False,
        "port in [80, 8080]": True,
        'incident.id == "INC-1"': True,
        "up == true": True,
        "(port == 1) == false": True,
        "true": True,
        "false or (true)": True,
    }
    assert {text: parse(text).evaluate(VALUES.get) for text in truths} == truths


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("", 0, "a value is missing where the condition ends"),
        ("up &&  down", 3, "'&&' is written 'and' in a condition"),
        ("up || down", 3, "'||' is written 'or' in a condition"),
        ("!up", 0, "'!' is written 'not' in a condition"),
        ("port = 80", 5, "'=' is written '==' in a condition"),
        ('unit == "web', 8, "this text has no closing quote"),
        ("up and", 6, "a value is missing where the condition ends"),
        ("(up", 3, "')' is missing where the condition ends"),
        ("up)", 2, "'and', 'or' or the end is missing where ')' stands"),
        ("up down", 3, "'and', 'or' or the end is missing where 'down' stands"),
        ("1 < port < 2", 9, "comparisons do not chain; join two of them with 'and'"),
        ("unit in web", 8, 'a list like ["a", "b"] is missing where \'web\' stands'),
        ("unit in []", 9, "a value is missing where ']' stands"),
        ("unit not up", 9, "'in' is missing where 'up' stands"),
        ("Unit == 1", 0, "'Unit' is not a name or a number; quote text"),
        ("unit == 1.2.3", 8, "'1.2.3' is not a name or a number; quote text"),
        ("up ; down", 3, "';' has no meaning in a condition"),
        ("a" * 1001, 1000, "a condition may have 1000 characters, this one has 1001"),
        ("(" * 21 + "up" + ")" * 21, 20, "a condition may be nested 20 levels deep"),
        ("not " * 21 + "up", 80, "a condition may be nested 20 levels deep"),
    ],
)
def test_what_is_said_of_ill_formed_ones_and_where(text: str, column: int, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert (caught.value.column, str(caught.value)) == (column, said)


def test_it_asks_from_left_to_right_and_only_what_decides() -> None:
    def asked_by(text: str) -> list[str]:
        asked: list[str] = []

        def lookup(name: str) -> Value | None:
            asked.append(name)
            return VALUES[name]

        parse(text).evaluate(lookup)
        return asked

    assert asked_by("down and up") == ["down"]
    assert asked_by("up or down") == ["up"]
    assert asked_by("up and down and port == 1") == ["up", "down"]
    assert asked_by("port == 8080 and unit == 'x'") == ["port", "unit"]


def test_what_is_not_known_decides_only_when_it_must() -> None:
    known: Callable[[str], Value | None] = {"up": True, "down": False}.get
    assert parse("dark").evaluate(known) is None
    assert parse("not dark").evaluate(known) is None
    assert parse("dark and down").evaluate(known) is False
    assert parse("dark and up").evaluate(known) is None
    assert parse("dark or up").evaluate(known) is True
    assert parse("dark or down").evaluate(known) is None
    assert parse("dark == 1").evaluate(known) is None
    assert parse('dark in ["a"]').evaluate(known) is None


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ('port == "8080"', 5, "a number cannot be compared with text"),
        ("unit < 3", 5, "text cannot be compared with a number"),
        ('unit < "z"', 5, "< is for numbers, this is text; use == or in"),
        ("up > down", 3, "> is for numbers, this is true or false; use == or in"),
        ("port", 0, "this is a number, but a condition needs true or false; compare it with something"),
        ("up and unit", 7, "this is text, but a condition needs true or false; compare it with something"),
        ("not port", 4, "this is a number, but a condition needs true or false; compare it with something"),
        ("port in ['80']", 5, "a number cannot be compared with text"),
        ("up == 1", 3, "true or false cannot be compared with a number"),
    ],
)
def test_unlike_things_are_refused_when_it_runs_and_before(text: str, column: int, said: str) -> None:
    kinds: dict[str, Kind] = {"port": "a number", "unit": "text", "up": "true or false", "down": "true or false"}
    with pytest.raises(Unlike) as running:
        parse(text).evaluate(VALUES.get)
    with pytest.raises(Unlike) as before:
        parse(text).check(kinds.get)
    for caught in (running.value, before.value):
        assert (caught.column, str(caught)) == (column, said)


def test_names_are_told_with_their_places() -> None:
    found = parse("a and b.c == a")
    assert [tuple(mention) for mention in found.mentions] == [("a", 0), ("b.c", 6), ("a", 13)]
    assert found.names == ("a", "b.c")
    assert str(found) == "a and b.c == a"


@given(st.text(max_size=200))
def test_no_text_crashes_the_parser(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        assert 0 <= error.column <= len(text)


NAMES = st.sampled_from(["up", "down", "port", "unit", "dark"])
LITERALS = st.one_of(st.integers(-999, 9999).map(str), st.sampled_from(["true", "false", '"web"', "'x y'", "0.5"]))
CONDITIONS = st.recursive(
    st.one_of(NAMES, LITERALS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or", "==", "!=", "<", ">="]), inner).map(
            lambda t: f"({' '.join(t)})"
        ),
        inner.map(lambda text: f"(not {text})"),
        st.tuples(inner, st.lists(LITERALS, min_size=1, max_size=3)).map(lambda t: f"({t[0]} in [{', '.join(t[1])}])"),
    ),
    max_leaves=8,
)


@given(CONDITIONS)
def test_every_condition_is_true_false_unknown_or_unlike(text: str) -> None:
    found: Expression = parse(text)
    try:
        assert found.evaluate(VALUES.get) in (True, False, None)
    except Unlike as error:
        assert 0 <= error.column < len(text)


@given(CONDITIONS)
def test_what_passes_the_check_never_turns_out_unlike(text: str) -> None:
    found = parse(text)
    kinds: dict[str, Kind] = {
        "up": "true or false", "down": "true or false", "port": "a number", "unit": "text", "dark": "text",
    }  # fmt: skip
    try:
        found.check(kinds.get)
    except Unlike:
        return
    assert found.evaluate(VALUES.get) in (True, False, None)
