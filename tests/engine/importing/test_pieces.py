"""Blocks of shell text are cut where a person would cut them, and never inside a construct."""

from __future__ import annotations

import pytest

from engine.importing.pieces import pieces


def commands(text: str) -> list[str]:
    return [piece.command for piece in pieces(text, 1)]


def test_comments_lead_commands_and_lines_are_counted() -> None:
    found = pieces("# Look\n# closely\nls -l\ndf\n\n# Then\nps\n# and think\n", 10)
    assert [(piece.line, piece.comments, piece.command) for piece in found] == [
        (10, ["Look", "closely"], "ls -l\ndf"),
        (15, ["Then"], "ps"),
        (17, ["and think"], ""),
    ]


@pytest.mark.parametrize(
    "whole",
    [
        "cat <<EOF\n# not a comment\n\nx\nEOF",
        "cat <<-'END' >x\n\nEND",
        "for i in 1 2; do\n\n  # inside\n  echo $i\ndone",
        "if a; then\n\n  b\nfi",
        "case $x in\n\n  a) b;;\nesac",
        "while read line; do\n\n  x\ndone <f",
        "echo 'a\n\n# b'",
        'node -e "\n\nx\n"',
        "a \\\n\n  b",
        "a |\n\n  b",
        "a &&\n\n  b",
    ],
)
def test_constructs_stay_whole(whole: str) -> None:
    assert commands(f"{whole}\n\nafter") == [whole, "after"]


@pytest.mark.parametrize("text", ["echo 'never closed\n\nls", "cat <<EOF\n\nls", "if x\n\nls"])
def test_what_is_never_closed_is_one_piece(text: str) -> None:
    assert commands(text) == [text]


def test_prompts_are_taken_off_and_outputs_kept_apart() -> None:
    text = "$ ls \\\n> -l\ntotal 0\nfile\n# Then\nme@web-1:~$ sudo id\nuid=0\n[me@web ~]$ true\n"
    assert [(piece.line, piece.comments, piece.command, piece.expected) for piece in pieces(text, 5)] == [
        (5, [], "ls \\\n-l", "total 0\nfile\n"),
        (10, ["Then"], "sudo id", "uid=0\n"),
        (12, [], "true", "\n"),
    ]


def test_what_is_expected_is_no_command() -> None:
    (piece, after) = pieces('curl x\n\n# Expected response\n{\n  "a": 1\n\n}\n\n# Then\nls', 1)
    assert (piece.command, piece.expected) == ("curl x", '{\n  "a": 1\n\n}\n\n')
    assert (after.comments, after.command) == (["Then"], "ls")


def test_settings_are_no_command() -> None:
    (piece,) = pieces("# .env\nPORT=8080\nHOST=::", 1)
    assert (piece.comments, piece.settings, piece.command) == ([".env"], "PORT=8080\nHOST=::", "")
    assert commands("PORT=1 ./serve") == ["PORT=1 ./serve"]
    assert commands("export PORT=1") == ["export PORT=1"]
