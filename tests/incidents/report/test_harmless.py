"""Whatever a host or a person wrote is shown as it is, and means nothing in Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from incidents.report.harmless import block, code, inline, visible

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
texts = st.text(st.characters(codec="utf-8"), max_size=30) | st.text("`*_[]()<>|\\!#&;~-+=.:/1 \n\t\rwab", max_size=30)


def leaves(markdown: str) -> list[Token]:
    return [leaf for token in PARSER.parse(markdown) for leaf in (token.children or [token])]


def flat(text: str) -> str:
    return " ".join(visible(text).split())


@settings(max_examples=200, deadline=None)
@given(texts)
def test_inline_is_only_text_wherever_it_stands(text: str) -> None:
    before = {"- ": "", "# ": "", "a ": "a ", "| head |\n|---|\n| ": "head"}
    for lead, words in before.items():
        found = leaves(f"{lead}{inline(text)}{' |' if words == 'head' else ''}")
        shown = "".join(leaf.content for leaf in found if leaf.type in ("text", "text_special"))
        assert shown.strip() == f"{words}{flat(text)}".strip()
        kinds = {leaf.type.removesuffix("_open").removesuffix("_close") for leaf in found}
        assert kinds <= {
            "text", "text_special", "bullet_list", "list_item", "paragraph", "heading", "table", "thead", "tbody",
            "tr", "th", "td", "inline",
        }  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(texts)
def test_code_is_only_code_or_text(text: str) -> None:
    found = [leaf for leaf in leaves(f"a {code(text)} b") if leaf.type not in ("paragraph_open", "paragraph_close")]
    assert "".join(leaf.content for leaf in found).split() == f"a {flat(text)} b".split()
    assert {leaf.type for leaf in found} <= {"text", "text_special", "code_inline"}


@settings(max_examples=200, deadline=None)
@given(texts)
def test_a_block_is_one_fence(text: str) -> None:
    found = PARSER.parse(f"before\n\n{block(text)}\n\nafter")
    assert [token.type for token in found if token.type not in ("paragraph_open", "paragraph_close", "inline")] == [
        "fence"
    ]
    [fence] = [token for token in found if token.type == "fence"]
    assert fence.content.strip("\n") == visible(text, keep="\n\t").strip("\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("pay\u202egpj.exe", r"pay\u202egpj.exe"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("a\u2028b", r"a\u2028b"),
        ("half \udcff", r"half \udcff"),
        ("Zoë 👩\u200d💻", "Zoë 👩\u200d💻"),
        ("over\rwritten", r"over\rwritten"),
        ("dos\r\nline", "dos line"),
    ],
)
def test_what_hides_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("web-1 restart: changed in 2.1 s", "web-1 restart: changed in 2.1 s"),
        ("2.1 s", "2.1 s"),
        ("1. one", r"1\. one"),
        ("- item", r"\- item"),
        ("see https://x.example", r"see https\://x.example"),
        ("www.x.example", r"www\.x.example"),
        ("<b> &amp; R&D", r"\<b> \&amp; R&D"),
        ("probe_token of __main__", r"probe_token of \_\_main\_\_"),
        ("-> [Errno 111] in C#", r"\-> \[Errno 111] in C\#"),
        ("# one, #2", r"\# one, #2"),
    ],
)
def test_ordinary_words_stay_readable(text: str, safe: str) -> None:
    assert inline(text) == safe


def test_code_chooses_its_fence() -> None:
    assert code("a") == "`a`"
    assert code("a``b`") == "``` a``b` ```"
    assert code("") == ""
    assert code("a | b") == r"a \| b"
