"""Whatever bytes a guide has: no crash, and every draft loads as exactly what was drafted."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from engine.importing.importing import LARGEST, TooLarge, import_guide
from engine.importing.yaml_text import yaml_text
from engine.language.load import load_text
from engine.primitives.yaml_source import LARGEST as LARGEST_BOOK
from engine.primitives.yaml_source import read
from tests.engine.importing.conftest import GUIDE, TODAY

REAL = GUIDE.read_text(encoding="utf-8")
LINES = st.sampled_from(
    [
        "# Restart it", "## Commands", "### 1. Won't start", "**Symptoms**:", "- it is slow", "1. Look",
        "2. Notify team", "```bash", "```", "```console", "```json", "~~~", "$ ls -l", "> more",
        "user@host:~$ sudo reboot", "# Expected output", "# Then", "kill -9 <pid>", "echo 'your-token-here'",
        'X="<api key>" ./x', "cat <<'EOF'", "<name>", "EOF", "docker ps {{ x }}", "{{ host }}", "{{{ a",
        "if x; then", "for i in {1..3}; do", "done", "tail -f x \\", "export A=b", "A=1", "", "  ", "\t- x",
        "    indented", "| a | b |", "|---|---|", "| c | d |", "<!-- c -->", "<div>", "> quoted", "---", "===",
        "text: with # signs", "true", "\ufeff", "\x00", "\x1b[31m", "\u2028", "0644", "日本語", "# 日本語", "'\"`$(",
        "<token_file> <host> <http_proxy>",
    ]
)  # fmt: skip


def loads(data: bytes, name: str = "guide.md") -> int:
    """How many drafts there are; all of them load as what they were meant to be."""
    made = import_guide(data, name, TODAY)
    for book in made.books:
        loaded = load_text(book.text.encode(), Path(book.file))
        assert loaded.document == book.draft.document
    ids = [book.draft.id for book in made.books]
    assert len(set(ids)) == len(ids)
    return len(ids)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    loads(data)


@settings(deadline=None, max_examples=150)
@given(st.lists(LINES | st.text(max_size=20), max_size=40))
def test_any_lines_of_a_guide(lines: list[str]) -> None:
    loads("\n".join(lines).encode("utf-8", "replace"))


@settings(deadline=None, max_examples=20)
@given(st.randoms(use_true_random=False), st.text(max_size=8) | LINES)
def test_any_damage_to_a_real_guide(chance: random.Random, instead: str) -> None:
    start = chance.randrange(len(REAL))
    part = REAL[start : start + 3000]
    at = chance.randrange(len(part))
    loads((part[:at] + instead + part[at + chance.randrange(40) :]).encode("utf-8", "replace"))


@settings(deadline=None)
@given(
    st.recursive(
        st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"))
        | st.lists(st.sampled_from(["a", " b", "", "c ", "#", "- d", "\te", "f: g", "...", "---"])).map("\n".join)
        | st.integers(-99, 99)
        | st.booleans(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=8,
    )
)
def test_yaml_text_is_read_back_as_it_was(value: object) -> None:
    document = {"key": value}
    note(yaml_text(document))  # type: ignore[arg-type]
    source, faults = read(yaml_text(document).encode(), "x.yaml")  # type: ignore[arg-type]
    assert faults == []
    assert source.root.plain() == document


@pytest.mark.parametrize("piece", ['1. "\n\n', "```sh\nls\n\n# Expected output\n" + "a\n" * 9_000 + "```\n"])
def test_a_guide_of_the_largest_size_still_loads(piece: str) -> None:
    data = f"# A guide\n1. look\n{piece * (LARGEST // len(piece))}".encode()[:LARGEST]
    made = import_guide(data, "guide.md", TODAY)
    assert all(len(book.text.encode()) <= LARGEST_BOOK for book in made.books)


def test_a_larger_one_is_refused() -> None:
    with pytest.raises(TooLarge):
        import_guide(b"#" * (LARGEST + 1), "guide.md", TODAY)


@pytest.mark.parametrize("name", ["", "/", "a b/c\n.md", "{{ x }}.md", "ü\udc80.md", ".md"])
def test_any_name_of_the_file(name: str) -> None:
    assert loads(b"1. look\n```sh\nls\n```\n", name) == 1
