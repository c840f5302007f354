"""What a guide says becomes what a runbook says: headings, lists, commands, placeholders, each with its place."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from engine.importing.importing import Import, import_guide
from engine.importing.placeholders import Declared
from tests.engine.importing.conftest import TODAY

StepsOf = Callable[[str], list[dict[str, Any]]]


def imported(text: str) -> Import:
    return import_guide(text.encode(), "g.md", TODAY)


def documents(text: str) -> list[dict[str, Any]]:
    return [dict(book.draft.document) for book in imported(text).books]


def test_headings_become_runbooks_and_their_parts_become_steps() -> None:
    text = "# Ops\n## Disk full\n### Diagnosis\n```sh\ndf\n```\n### Fix\n```sh\nrm x\n```\n## Other\n1. Look\n"
    disk, other = documents(text)
    assert (disk["id"], disk["title"], disk["x-source"]) == ("disk-full", "Disk full", "g.md:2")
    assert [(step["run"], step["x-source"]) for step in disk["steps"]] == [("df", "g.md:5"), ("rm x", "g.md:9")]
    assert [(step["guide"], step["x-source"]) for step in other["steps"]] == [("Look", "g.md:12")]


def test_equal_and_vague_titles_are_told_apart_by_their_parents() -> None:
    text = "# A\n## Restart\n1. a\n## Deploy\n### Production\n1. b\n## Log\n### Deep\n1. c\n## Disk\n### Deep\n1. d\n"
    assert [book["id"] for book in documents(text)] == ["a-restart", "deploy-production", "deep", "disk-deep"]


def test_prose_lists_and_symptoms() -> None:
    text = "# A\n## API slow\nWhen it is slow.\n\n**Symptoms**:\n- p95 up\n\n"
    text += "**Fix**:\n\nBe careful.\n\n- one\n- two\n\n1. three\n"
    (book,) = documents(text)
    assert book["summary"] == "When it is slow."
    assert book["symptoms"] == [{"id": "p95-up", "say": "p95 up"}]
    assert [step["guide"] for step in book["steps"]] == ["Be careful.", "- one\n- two", "three"]


def test_prose_before_a_command_is_its_reason(steps_of: StepsOf) -> None:
    (step,) = steps_of("# A\nIntro.\n\nTo see the disks:\n\n```sh\ndf\n```\n")
    assert step["why"] == "To see the disks:"


def test_prose_before_settings_is_not_lost(steps_of: StepsOf) -> None:
    told, settings = steps_of("# A\nIntro.\n\nMind the port.\n\n```sh\nPORT=1\n```\n")
    assert (told["guide"], settings["guide"]) == ("Mind the port.", "PORT=1")


def test_what_is_too_much_is_cut_and_said() -> None:
    (book,) = imported("**Symptoms**:\n" + "- slow\n" * 51 + "\n1. " + "x" * 20_001 + "\n" + "2. y\n" * 500).books
    assert book.steps == 500
    assert [line.partition(": ")[2] for line in book.draft.guesses[:3]] == [
        "longer than 20000 characters, and cut there",
        "1 steps more than a runbook may have were left out",
        "only the first 50 symptoms were taken",
    ]


def test_only_prose_is_left_out_and_said() -> None:
    made = imported("# A\nWords.\n## Contacts\n- me\n## Work\n1. do\n")
    assert [book.draft.id for book in made.books] == ["work"]
    assert made.left_out == ("g.md:1: A: only prose", "g.md:3: Contacts: only prose")


def test_effects_are_guessed_and_said(steps_of: StepsOf) -> None:
    steps = steps_of("```sh\nps aux | sort\n\nsystemctl start x\n\nrm x\n\nsudo systemctl stop x\n```\n")
    assert [(step.get("effect"), step.get("become")) for step in steps] == [
        ("read", None), (None, None), ("destructive", None), (None, True),
    ]  # fmt: skip
    assert steps[3]["run"] == "systemctl stop x"
    (book,) = imported("```sh\nls\n```\n").books
    assert "g.md:2: taken for a command that only looks (effect: read)" in book.draft.guesses
    assert book.draft.document["x-guessed"] == book.draft.guesses


def test_bash_is_taken_only_where_sh_is_not_enough(steps_of: StepsOf) -> None:
    plain, other = steps_of("```bash\nls\n\nfor i in {1..3}; do ls; done\n```\n")
    assert plain["run"] == "ls"
    assert other["run"]["shell"] == "bash"


def test_blocks_without_a_language(steps_of: StepsOf) -> None:
    command, text = steps_of("1. x\n\n```\ncurl -f http://x.test/\n```\n\n```\nsome output\n```\n")[1:]
    assert command["run"] == "curl -f http://x.test/"
    assert text["guide"] == "some output"


def test_an_expected_answer_stays_beside_its_command(steps_of: StepsOf) -> None:
    (step,) = steps_of("```sh\ncurl x\n```\nExpected output:\n```json\n{}\n```\n")
    assert step["x-expected"] == "{}"


@pytest.mark.parametrize(
    ("command", "filled", "params", "secrets"),
    [
        ("kill <pid>", 'kill "$pid"', ["pid"], []),
        ('ls "a/<release name>/b"', 'ls "a/${release_name}/b"', ["release_name"], []),
        ("ls 'a/<dir>/b'", "ls 'a/'\"$dir\"'/b'", ["dir"], []),
        ("git clone <repository-url>", 'git clone "$repository_url"', ["repository_url"], []),
        ("ssh {{ server }}", 'ssh "$server"', ["server"], []),
        ("x your-token-here", 'x "$(cat "$token_file")"', [], ["token"]),
        ('A_KEY="your-value-here"', 'A_KEY="${a_key}"', ["a_key"], []),
        ('API_TOKEN="changeme"', 'API_TOKEN="$(cat "$api_token_file")"', [], ["api_token"]),
        ("x YOUR_PASSWORD", 'x "$(cat "$password_file")"', [], ["password"]),
        ("x <host>", 'x "$given_host"', ["given_host"], []),
        ("sort <in >out", "sort <in >out", [], []),
        ("cat <<EOF\nEOF", "cat <<EOF\nEOF", [], []),
    ],
)
def test_placeholders(command: str, filled: str, params: list[str], secrets: list[str]) -> None:
    declared = Declared()
    assert declared.fill(command, "g.md:1") == filled
    assert (list(declared.params), list(declared.secrets)) == (params, secrets)
    assert len(declared.guesses) == len(params) + len(secrets)


def test_a_filled_command_gets_its_values_whole() -> None:
    declared = Declared()
    script = declared.fill("printf '%s|' <name> \"a <name> b\" 'c <name> d'", "g.md:1")
    done = subprocess.run(
        ["sh", "-c", script], env={**os.environ, "name": "x * y"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "x * y|a x * y b|c x * y d|"


def test_a_placeholder_in_a_quoted_here_document_stays() -> None:
    declared = Declared()
    assert declared.fill("cat <<'EOF'\n<name>\nEOF", "g.md:1") == "cat <<'EOF'\n<name>\nEOF"
    assert "was left as it is" in declared.guesses[0]
