"""No secret survives the scrubber, in any form and however its stream is cut; everything else passes unchanged."""

from __future__ import annotations

import base64
import html
import itertools
import json
import shlex
import urllib.parse
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.scrub import Scrubber, TooShort
from incidents.secret import Secret

TOKEN = "S3CRE'T/\"v+lue & <täst>\\$x"
PEM = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA7bq\nQm9vIQ==\n-----END KEY-----"

texts = st.text(st.characters(codec="utf-8"), min_size=6, max_size=24)
near_misses = st.text("abAB", min_size=6, max_size=9)
"""Secrets that overlap, contain and begin each other."""


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def through(scrubber: Scrubber, parts: list[bytes]) -> bytes:
    stream = scrubber.stream()
    return b"".join([*(stream.feed(part) for part in parts), stream.finish()])


def test_a_secret_becomes_its_name() -> None:
    scrubber = Scrubber([Secret("probe_token", "S3CRETVALUE")])
    assert scrubber.text("token=S3CRETVALUE; twice S3CRETVALUES3CRETVALUE") == (
        "token=[secret probe_token]; twice [secret probe_token][secret probe_token]"
    )
    assert scrubber.text("S3CRETVALU") == "S3CRETVALU"


def test_the_chunks_that_were_really_seen() -> None:
    assert through(Scrubber([Secret("t", "S3CRETVALUE")]), [b"a\nS3CRE", b"TVALUE\n", b"b\n"]) == b"a\n[secret t]\nb\n"


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text,
        lambda text: urllib.parse.quote(text, safe=""),
        urllib.parse.quote,
        urllib.parse.quote_plus,
        lambda text: json.dumps({"k": text}),
        lambda text: json.dumps([text], ensure_ascii=False),
        lambda text: json.dumps(text).replace("/", "\\/"),
        html.escape,
        lambda text: html.escape(text).replace("&#x27;", "&#39;"),
        shlex.quote,
        lambda text: f"'{text}'".replace("'", "'\\''"),
        repr,
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
    ],
)
@pytest.mark.parametrize("value", [TOKEN, PEM, "plainvalue"])
def test_no_form_passes(encode: Callable[[str], str], value: str) -> None:
    said = Scrubber([Secret("it", value)]).text(f"before {encode(value)} after")
    assert "[secret it]" in said
    assert len(said) <= len("before ['[secret it]'] after") + 8, said


@pytest.mark.parametrize("before", range(7))
@pytest.mark.parametrize("after", range(4))
@pytest.mark.parametrize("code", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_wherever_the_secret_stands_in_it(before: int, after: int, code: Callable[[bytes], bytes]) -> None:
    value = "k\xff?>S3CRETVALUE"
    whole = code(b"u:" + b"x" * before + value.encode() + b"y" * after).decode()
    said = Scrubber([Secret("it", value)]).text(whole)
    head, found, tail = said.partition("[secret it]")
    assert found
    shown = len(head) + len(tail)
    assert shown <= len(whole) - (8 * len(value.encode())) // 6 + 1, "at most the bits shared with neighbours show"


def test_longest_first_and_leftmost() -> None:
    scrubber = Scrubber([Secret("short", "abcdef"), Secret("long", "abcdefgh"), Secret("inner", "cdefgh")])
    assert scrubber.text("abcdefgh abcdefg xcdefgh") == "[secret long] [secret short]g x[secret inner]"


def test_a_value_with_two_names_has_the_first() -> None:
    assert Scrubber([Secret("one", "abcdef"), Secret("two", "abcdef")]).text("abcdef") == "[secret one]"


def test_values_are_literal() -> None:
    scrubber = Scrubber([Secret("it", "a.*b[c]+")])
    assert scrubber.text("axxxb[c]+ a.*b[c]+") == "axxxb[c]+ [secret it]"


def test_a_secret_over_many_lines() -> None:
    said = through(
        Scrubber([Secret("key", PEM)]), [line.encode() for line in f"{PEM}\nend\n".splitlines(keepends=True)]
    )
    assert said == b"[secret key]\nend\n"


def test_the_mask_does_not_show_a_secret() -> None:
    scrubber = Scrubber([Secret("password", "secret"), Secret("x", "password")])
    assert scrubber.text("secret password") == "[***] [***]"


@pytest.mark.parametrize("value", ["", "a", "12345"])
def test_too_short_is_refused_with_the_reason(value: str) -> None:
    with pytest.raises(TooShort, match="The secret pin is shorter than 6 characters: it cannot be told") as caught:
        Scrubber([Secret("pin", value)])
    assert not value or f" {value}" not in str(caught.value)


def test_whole_lines_are_not_held_back() -> None:
    stream = Scrubber([Secret("it", "abcdefghij" * 50)]).stream()
    assert stream.feed(b"a line\nab") == b"a line\n"
    assert stream.feed(b"x\n") == b"abx\n"


def test_a_line_without_end_needs_no_more_memory_than_the_secret() -> None:
    stream = Scrubber([Secret("it", "aaaaaaaaab")]).stream()
    given = sum(len(stream.feed(b"a" * 65536)) for _ in range(64))
    assert 64 * 65536 - given <= 40


def test_without_secrets_the_bytes_pass_themselves() -> None:
    data = b"x" * 65536
    stream = Scrubber().stream()
    assert stream.feed(data) is not None
    assert through(Scrubber(), [data, b"y"]) == data + b"y"
    assert Scrubber().text("\udcff") == "\udcff"


def test_what_fails_gives_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    scrubber = Scrubber([Secret("it", "S3CRETVALUE")])
    stream = scrubber.stream()

    def fail(data: bytes) -> int:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(scrubber._cover, "_undecided", fail)
        with pytest.raises(MemoryError):
            stream.feed(b"S3CRETVALUE ")
    assert stream.finish() == b"[secret it] "


@settings(max_examples=120, deadline=None)
@given(
    st.lists(texts | near_misses, min_size=1, max_size=4),
    st.lists(st.integers(0, 3) | st.text("abAB[ \n", max_size=8), max_size=8),
    st.lists(st.integers(0, 500), max_size=12),
)
def test_any_cut_gives_the_same_and_no_secret_survives(
    values: list[str], parts: list[int | str], cuts: list[int]
) -> None:
    scrubber = Scrubber([Secret(str(n), value) for n, value in enumerate(values)])
    whole = "".join(values[part % len(values)] if isinstance(part, int) else part for part in parts).encode()

    said = through(scrubber, [whole])

    assert through(scrubber, pieces(whole, cuts)) == said
    assert through(scrubber, [whole[n : n + 1] for n in range(len(whole))]) == said
    for value in values:
        assert value.encode() not in said


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=6))
def test_what_is_no_secret_passes_unchanged(data: bytes, cuts: list[int]) -> None:
    scrubber = Scrubber([Secret("it", "a secret that is not in there")])
    assert through(scrubber, pieces(data, cuts)) == data


RED, RESET, LINK = "\x1b[1;31m", "\x1b[0m", "\x1b]8;;http://x.test\x1b\\"


@pytest.mark.parametrize("between", [RED, RED + RESET, LINK, "\n", "\r\n    ", "\\\n", "\n\n\t", "\x1b[K\n" + RESET])
@pytest.mark.parametrize("at", [1, 5, 10])
def test_neither_colours_nor_line_ends_hide_a_secret(between: str, at: int) -> None:
    scrubber = Scrubber([Secret("it", "S3CRETVALUE")])
    hidden = (
        f"a line\n{RED}x S3CRETVALUE"[: len(f"a line\n{RED}x ") + at] + between + "S3CRETVALUE"[at:] + f"{RESET} y\n"
    )
    said = f"a line\n{RED}x [secret it]{RESET} y\n"
    assert scrubber.text(hidden) == said
    data = hidden.encode()
    assert through(scrubber, [data[n : n + 1] for n in range(len(data))]).decode() == said
    for cut in range(len(data)):
        assert through(scrubber, [data[:cut], data[cut:]]).decode() == said


def test_what_looks_like_the_end_of_a_terminal_code_hides_nothing() -> None:
    """The bytes before a secret, and its own first ones, look like one code together."""
    assert Scrubber([Secret("it", "31mabcdef")]).text("\x1b[31mabcdef") == "\x1b[[secret it]"
    assert Scrubber([Secret("it", "   indented")]).text("\n   indented\n") == "\n[secret it]\n"


@pytest.mark.parametrize("width", [4, 19, 64, 76])
@pytest.mark.parametrize("before", range(3))
def test_base64_in_lines(width: int, before: int) -> None:
    value = "a long secret value that takes more than one line of base64 to write, whatever its width: 0123456789"
    code = base64.b64encode(b"x" * before + value.encode()).decode()
    wrapped = "\n".join(code[n : n + width] for n in range(0, len(code), width))
    said = Scrubber([Secret("it", value)]).text(f"data:\n{wrapped}\nend\n")
    assert "[secret it]" in said
    assert len(said) < len("data:\n[secret it]\nend\n") + 8


def test_each_part_of_a_key_and_of_a_document() -> None:
    lines = [base64.b64encode(bytes(range(n, n + 48))).decode() for n in range(3)]
    key = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----"])
    document = json.dumps({"user": "bob", "password": 'p"ss w0rd', "keys": ["k3y-number-one", 7], "pem": key})
    scrubber = Scrubber([Secret("key", key), Secret("document", document)])
    for line in lines:
        assert scrubber.text(f"grep says: {line}") == "grep says: [secret key]"
    assert scrubber.text('the "k3y-number-one" fits') == 'the "[secret document]" fits'
    assert scrubber.text('p\\"ss w0rd') == "[secret document]"
    assert scrubber.text("bob has 7") == "bob has 7", "short parts are ordinary words"
    assert scrubber.text(json.dumps(json.loads(document), indent=2)).count("[secret") == 3
    assert not any(line in scrubber.text(document) for line in lines)


def test_a_secret_learned_later_is_covered_from_the_next_byte_on() -> None:
    scrubber = Scrubber([Secret("old", "S3CRETVALUE")])
    stream = scrubber.stream()
    assert stream.feed(b"FRESHTOKEN ") == b"FRESHTOKEN "
    assert stream.feed(b"FRE") == b"FRE"
    scrubber.learn(Secret("new", "FRESHTOKEN"))
    assert stream.feed(b"FRESHTOKEN S3CRETVALUE ") + stream.finish() == b"[secret new] [secret old] "
    with pytest.raises(TooShort):
        scrubber.learn(Secret("pin", "1234"))
    assert scrubber.text("FRESHTOKEN") == "[secret new]"


def test_a_host_that_breaks_lines_for_ever_fills_no_memory() -> None:
    stream = Scrubber([Secret("it", "S3CRETVALUE")]).stream()
    stream.feed(b"S3CRET")
    for _ in range(64):
        stream.feed(b"\n" * 8192)
    assert len(stream._held) <= 128 * 1024


@pytest.mark.parametrize("between", ["", "\n", RED])
def test_large_pieces_are_held_like_small_ones(between: str) -> None:
    line = b"a line of sixteen\n"
    piece = line * (200_000 // len(line)) + b"S3CRE" + between.encode()
    said = through(Scrubber([Secret("it", "S3CRETVALUE")]), [piece, b"TVALUE" + line * 8000, b"end"])
    assert said == line * (200_000 // len(line)) + b"[secret it]" + line * 8000 + b"end"
