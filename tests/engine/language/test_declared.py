"""Params, inputs and outputs: what a text becomes, and what is said when it cannot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.language.declared import LONGEST_OUTPUT, LONGEST_VALUE, Input, Output, Param
from engine.primitives.values import Value, as_text


def param(**keys: object) -> Param:
    return Param.model_validate(keys, strict=True)


def output(**keys: object) -> Output:
    return Output.model_validate(keys, strict=True)


@pytest.mark.parametrize(
    ("declared", "text", "value"),
    [
        (param(), "a b", "a b"),
        (param(), "", ""),
        (param(), "two\nlines", "two\nlines"),
        (param(pattern="[a-z]+"), "abc", "abc"),
        (param(type="integer"), "-5", -5),
        (param(type="integer", min=1, max=9), "9", 9),
        (param(type="number"), "0.5", 0.5),
        (param(type="bool"), "Yes", True),
        (param(type="bool"), "false", False),
        (param(type="choice", choices=["a", "b"]), "b", "b"),
        (Input.model_validate({"type": "text"}), "x", "x"),
    ],
)
def test_what_a_text_becomes(declared: Param | Input, text: str, value: Value) -> None:
    parsed = declared.parse(text)
    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize(
    ("declared", "text", "said"),
    [
        (param(type="integer"), "abc", "a whole number is expected, not 'abc'"),
        (param(type="integer"), "1.5", "a whole number is expected, not '1.5'"),
        (param(type="integer"), "٣", "a whole number is expected, not '٣'"),
        (param(type="integer"), "9" * 5000, "a whole number is expected, not '" + "9" * 59 + "…'"),
        (param(type="integer", max=65535), "65536", "65536 is too large; the largest is 65535"),
        (param(type="number", min=0.5), "0", "0.0 is too small; the smallest is 0.5"),
        (param(type="number"), "nan", "a number is expected, not 'nan'"),
        (param(type="bool"), "maybe", "true or false is expected, not 'maybe'"),
        (param(type="choice", choices=["a", "b"]), "c", "one of a, b is expected, not 'c'"),
        (param(pattern="[a-z]+"), "a b", "'a b' does not fit the pattern [a-z]+"),
        (param(pattern="[a-z]+"), "abc\n", "'abc\\n' does not fit the pattern [a-z]+"),
        (param(), "a\0b", "a NUL character cannot be part of a value"),
        (param(), "a\udc80", "the value is not UTF-8"),
        (param(), "x" * (LONGEST_VALUE + 1), f"the value has {LONGEST_VALUE + 1} bytes; {LONGEST_VALUE} are allowed"),
    ],
)
def test_what_is_said_when_it_cannot(declared: Param, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        declared.parse(text)
    assert str(caught.value) == said


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=200))
def test_a_text_param_arrives_as_it_was_given(text: str) -> None:
    assert as_text(param().parse(text)) == text


def test_a_large_hostile_value_is_taken() -> None:
    text = "'\"$(rm -rf /)`\\\n" * 6_000
    assert param().parse(text) == text


@pytest.mark.parametrize(
    ("declared", "value", "said"),
    [
        (param(), 8080, 'text is expected, not 8080; write "8080" if you mean the text'),
        (param(), True, 'text is expected, not true; write "true" if you mean the text'),
        (param(type="integer"), True, "a whole number is expected, not true"),
        (param(type="integer"), 1.5, "a whole number is expected, not 1.5"),
        (param(type="bool"), 1, "true or false is expected, not 1"),
    ],
)
def test_a_value_of_another_type_is_refused(declared: Param, value: Value, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        declared.accept(value)
    assert str(caught.value) == said


def test_a_typed_value_is_taken_as_it_is() -> None:
    assert param(type="integer").accept(8080) == 8080
    assert param(type="integer").accept("8080") == 8080
    assert param(type="number").accept(2) == 2
    assert param(type="bool").accept(False) is False


def test_a_param_without_a_default_is_required() -> None:
    assert param().required
    assert not param(default="").required
    assert not param(type="bool", default=False).required


@pytest.mark.parametrize(
    ("rule", "stdout", "value"),
    [
        (output(pattern="LSN ([0-9A-F/]+)"), "start\nrecovered at LSN 0/30A by\n", "0/30A"),
        (output(pattern="[0-9]+", type="integer"), "count: 12\n", 12),
        (output(), "  the only line \n", "the only line"),
        (output(pattern="^ok$", default="no"), "not ok\n", "no"),
        (output(type="bool"), "true\n", True),
        (output(), "a\0b\n", "a\ufffdb"),
    ],
)
def test_an_output_is_taken_from_stdout(rule: Output, stdout: str, value: Value) -> None:
    assert rule.take("x", stdout) == value


@pytest.mark.parametrize(
    ("rule", "stdout", "said"),
    [
        (output(pattern="LSN (.+)"), "nothing", "output x is not there: nothing fits LSN (.+)"),
        (output(type="integer"), "many", "output x: a whole number is expected, not 'many'"),
        (output(), "y" * 5000, f"output x has 5000 characters; {LONGEST_OUTPUT} are allowed"),
    ],
)
def test_an_output_that_is_not_there(rule: Output, stdout: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        rule.take("x", stdout)
    assert str(caught.value) == said
