"""Patterns: the same answers as `re` gives, in time that no pattern and no text can stretch."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.primitives.pattern import Pattern, PatternError

ATOMS = st.sampled_from(
    ["a", "b", "c", ".", "[ab]", "[^a]", "\\w", "\\s", "\\d", "\\D", "^", "$", "\\b", "\n", "[a-c_]", "\\.", "[\\d-]"]
)
REPEATS = st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{0,2}?", "{1,}"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda pair: f"(?:{pair[0]}|{pair[1]})"),
        inner.map(lambda one: f"({one})"),
        st.tuples(inner, REPEATS).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    )


@settings(max_examples=500)
@given(st.recursive(ATOMS, _larger, max_leaves=8), st.text("abc_1 \n.", max_size=12))
def test_it_answers_as_re_does(text: str, subject: str) -> None:
    pattern = Pattern(text)
    expected = re.compile(text, re.MULTILINE | re.ASCII)
    assert pattern.matches(subject) == (expected.fullmatch(subject) is not None)
    found, match = pattern.search(subject), expected.search(subject)
    assert (found is None) == (match is None)
    if found is not None and match is not None:
        assert (found.start, found.end) == match.span()


@given(st.text(max_size=60) | st.text("ab(|)[]{}*+?.\\^$-,1 ", max_size=40))
def test_no_text_crashes_it(text: str) -> None:
    try:
        pattern = Pattern(text)
    except PatternError as error:
        assert 0 <= error.column <= len(text)
        return
    pattern.search("abc 123")


def test_the_first_group_is_the_text() -> None:
    found = Pattern("LSN ([0-9A-F]+/[0-9A-F]+) at (.*)").search("recovery\nLSN 0/30A at noon\n")
    assert found is not None
    assert found.text == "0/30A"
    whole = Pattern("[0-9]+").search("exit 12")
    assert whole is not None
    assert whole.text == "12"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)+b", "(a|aa)+b", "(?:a?){60}a{60}b", "(.*a){20}b"])
def test_what_makes_re_think_for_years_takes_no_time(pattern: str) -> None:
    assert not Pattern(pattern).matches("a" * 120)
    assert Pattern(pattern).search("a" * 120) is None


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("x(a", 0, "a ( is not closed; write \\( for the character"),
        ("a)", 0, "a ) closes nothing; write \\) for the character"),
        ("ab[c", 2, "a [ is not closed; write \\[ for the character"),
        ("x*?*", 1, "one repetition cannot be repeated again; use a group"),
        ("*a", 0, "this repeats nothing; write \\ before it for the character"),
        ("a{3,2}", 1, "this count is too large or the wrong way round"),
        ("x(?=a)", 1, "look-around and named groups are not known here"),
        ("(a)\\1", 3, "this escape is not known here; back-references do not exist"),
        ("a\\", 0, "a \\ ends the pattern; write \\\\ for the character"),
        ("a\udc80", 1, "this character is not UTF-8"),
        ("a" * 501, 500, "a pattern may have 500 characters, this one has 501"),
    ],
)
def test_what_is_said_of_ill_formed_ones_and_where(text: str, column: int, said: str) -> None:
    with pytest.raises(PatternError) as caught:
        Pattern(text)
    assert (caught.value.column, str(caught.value)) == (column, said)


def test_a_pattern_cannot_grow_without_bound() -> None:
    with pytest.raises(PatternError):
        Pattern("((a{90}){90}){90}")
