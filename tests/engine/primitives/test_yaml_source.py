"""Strict YAML: what is read, and every way it is refused, at its place."""

import json
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.primitives.faults import BookFaults, Fault
from engine.primitives.yaml_source import DEEPEST, LARGEST, Span, read
from incidents.event import Json


def data_of(text: str) -> Json:
    source, faults = read(text.encode(), "x.yaml")
    assert faults == []
    return source.root.plain()


def faults_of(text: str | bytes) -> list[Fault]:
    try:
        return read(text.encode() if isinstance(text, str) else text, "x.yaml")[1]
    except BookFaults as error:
        return list(error.faults)


def test_scalars_are_those_of_yaml_1_2() -> None:
    text = """
a: 22:00
b: NO
c: on
d: yes
e: true
f: ~
g:
h: 0o644
i: 0x1F
j: 1.5
k: 2026-11-20
l: 1_000
m: -5
n: "1.10"
o: 'true'
p: 1.2.3
q: "a\\tb"
on: key
404: key
"""
    assert data_of(text) == {
        "a": "22:00", "b": "NO", "c": "on", "d": "yes", "e": True, "f": None, "g": None, "h": 420, "i": 31, "j": 1.5,
        "k": "2026-11-20", "l": "1_000", "m": -5, "n": "1.10", "o": "true", "p": "1.2.3", "q": "a\tb",
        "on": "key", "404": "key",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["0644", "1.10", "1e3", "+5", "-0", ".5", "5.", ".inf", ".NaN", "007", "1" * 30, "1" * 5000]
)
def test_numbers_that_readers_disagree_on_are_refused(text: str) -> None:
    (fault,) = faults_of(f"a: {text}")
    assert (fault.line, fault.column, fault.code) == (1, 4, "ambiguous-number")
    assert fault.hint.startswith(f'write "{text[:40]}" when it is text')


@pytest.mark.parametrize(
    ("text", "line", "column", "code", "message"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "duplicate-key", "'a' is given twice"),
        ("a: {b: 1, b: 2}", 1, 11, "duplicate-key", "'b' is given twice"),
        ("a: &x 1", 1, 4, "anchor", "anchors (&) are not used here"),
        ("a: *x", 1, 4, "alias", "aliases (*) are not used here"),
        ("a: [*x]", 1, 5, "alias", "aliases (*) are not used here"),
        ("a:\n  <<: {b: 1}", 2, 3, "merge-key", "merge keys (<<) are not used here"),
        (
            "a: !!python/object:os.system x",
            1,
            4,
            "tag",
            "tags ('tag:yaml.org,2002:python/object:os.system') are not used here",
        ),
        ("a: !x {b: 1}", 1, 4, "tag", "tags ('!x') are not used here"),
        ("a: 1\n---\nb: 1", 2, 1, "several-documents", "one file holds one document"),
        ("%YAML 1.1\n---\na: 1", 1, 1, "directive", "directives (%YAML, %TAG) are not used here"),
        ("a:\n\t- x", 2, 1, "syntax", "a tab cannot indent"),
        ("a: {{ port }}", 1, 5, "key-not-text", "a key is one word"),
        ("? [a]\n: b", 1, 3, "key-not-text", "a key is one word"),
        ("?\n: 2", 1, 2, "key-not-text", "a key is missing before the ':'"),
        ("a: b: c", 1, 5, "syntax", "a ':' cannot stand here"),
        ("a: 'x\nb: 1", 1, 4, "syntax", "a quote is opened and never closed"),
        ("a: {b: 1", 1, 4, "syntax", "a { } mapping is not closed"),
        ("a: [1, 2", 1, 4, "syntax", "a [ ] list is not closed"),
        ("a: @x", 1, 4, "syntax", "text cannot begin with @"),
        ('a: "\\q"', 1, 5, "syntax", "this backslash escape is not known"),
        ("a: 1\n  b: 2", 2, 4, "syntax", "a ':' cannot stand here"),
        ("a:\n  - 1\n b: 2", 3, 2, "syntax", "this does not continue the mapping above"),
        ("", 1, 1, "not-a-mapping", "the file is empty"),
        ("# only a comment\n", 1, 1, "not-a-mapping", "the file is empty"),
        ("- a", 1, 1, "not-a-mapping", "the file must be a mapping of keys to values"),
        ("just text", 1, 1, "not-a-mapping", "the file must be a mapping of keys to values"),
        ("\ufeffa: 1", 1, 1, "byte-order-mark", "the file begins with a byte order mark"),
        ("a: 1\nbé: x\0y", 2, 6, "nul", "a NUL byte cannot stand in a text file"),
        ('a: "\\0"', 1, 4, "nul", "a NUL character cannot stand in a runbook"),
        ("a: \x1b[31m", 1, 4, "control-character", "U+001B cannot stand in a text file"),
        ("a: x\u2028y", 1, 5, "control-character", "U+2028 cannot stand in a text file"),
        ("a: 1\rb: 2", 1, 5, "control-character", "U+000D cannot stand in a text file"),
    ],
)
def test_each_fault_at_its_place(text: str, line: int, column: int, code: str, message: str) -> None:
    fault = faults_of(text)[0]
    assert (fault.line, fault.column, fault.code, fault.message) == (line, column, code, message)


def test_bytes_that_are_not_utf_8() -> None:
    (fault,) = faults_of("a: 1\nö: ".encode() + b"\xff\n")
    assert (fault.line, fault.column, fault.code, fault.message) == (2, 4, "not-utf-8", "byte 0xff is not UTF-8")
    (utf16,) = faults_of("a: 1".encode("utf-16"))
    assert utf16.code == "not-utf-8"


def test_all_faults_of_a_file_in_one_pass() -> None:
    text = "a: 0644\nb: &x 1\nb: 2\nc: !t 1\n<<: {d: *x}\ne: 1.10\n"
    assert [(fault.line, fault.code) for fault in sorted(faults_of(text))] == [
        (1, "ambiguous-number"), (2, "anchor"), (3, "duplicate-key"), (4, "tag"), (5, "merge-key"), (5, "alias"),
        (6, "ambiguous-number"),
    ]  # fmt: skip


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
@pytest.mark.parametrize("levels", [3_000, 200_000])
def test_depth_is_a_fault_and_never_a_recursion(opening: str, levels: int) -> None:
    began = time.monotonic()
    deep = [fault for fault in faults_of("a:\n " + opening * levels) if fault.code == "too-deep"]
    assert [fault.message for fault in deep] == [f"more than {DEEPEST} levels of nesting"]
    assert time.monotonic() - began < 10


def test_an_alias_bomb_is_as_small_as_it_looks() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert {fault.code for fault in faults_of(bomb)} == {"anchor", "alias"}


def test_size_is_bounded() -> None:
    (fault,) = faults_of("a: " + "x" * LARGEST)
    assert (fault.code, fault.line) == ("too-large", 1)


def test_only_so_many_control_characters_are_told() -> None:
    assert len(faults_of("a: " + "\x01" * 5000)) == 20


def test_crlf_counts_as_one_line_end() -> None:
    source, faults = read(b"a: 1\r\nb: x\r\n", "x.yaml")
    assert faults == []
    assert source.root.plain() == {"a": 1, "b": "x"}
    assert source.nearest(("b",))[1] == Span(1, 0, 1, 1)


def test_a_place_inside_a_text() -> None:
    source, _ = read(
        b'plain: one two\nquoted: "one two"\nblock: |\n  one\n  two three\nfolded: >\n  one\n  two\n', "x.yaml"
    )

    def place(key: str, part: str) -> tuple[int, int]:
        node, _ = source.nearest((key,))
        assert isinstance(node.value, str)
        span = source.within(node, node.value.index(part))
        return span.line + 1, span.column + 1

    assert place("plain", "two") == (1, 12)
    assert place("quoted", "two") == (2, 14)
    assert place("block", "three") == (5, 7)
    assert place("folded", "two") == (6, 9)  # a folded text has other columns than its lines: its beginning


def test_the_nearest_place_of_what_is_not_there() -> None:
    source, _ = read(b"a:\n  - b: 1\n", "x.yaml")
    assert source.nearest(("a", 0, "missing", 3))[1] == Span(1, 4, 2, 0)
    assert source.nearest(("z",))[1] == source.root.span


@given(st.text() | st.text("ab:-[]{}#&*!|>'\"%@`,? \n\t0.\\", max_size=80))
@example("a: \ud7ff")
@example('"\\ud800": 1')
@example("a: |2\n x")
@example("&a: 1")
def test_no_text_crashes_it(text: str) -> None:
    for fault in faults_of(text.encode("utf-8", "surrogatepass")):
        assert fault.line >= 1 and fault.column >= 1 and fault.message


@given(st.binary(max_size=200))
def test_no_bytes_crash_it(data: bytes) -> None:
    faults_of(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["C", "Z"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=20,
)


@given(st.dictionaries(st.text("abc", min_size=1), JSON, max_size=4))
def test_json_is_read_as_json_reads_it(document: Json) -> None:
    assert data_of(json.dumps(document, ensure_ascii=False)) == document
