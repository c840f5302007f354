"""`book.import` as a person meets it: drafts that lint takes, all or none written, and errors in words."""

from __future__ import annotations

import json

import pytest

from tests.console.terminal.conftest import ROOT, Door, lines

GUIDE = """\
# Ops
## Disk full
**Symptoms**:
- no space

```sh
$ df -h
/dev/sda 99%
$ kill -9 <pid>
```
## History
Words.
"""


@pytest.fixture
def guide(door: Door) -> str:
    (door.folder / "guide.md").write_text(GUIDE, encoding="utf-8")
    return "guide.md"


def test_a_guide_becomes_drafts_with_guesses_and_findings(door: Door, guide: str) -> None:
    done = door("book.import", guide, "--out", "drafts")
    assert done.returncode == 0, done.stderr
    assert "disk-full  drafts/disk-full.yaml  (2 steps)" in done.stdout
    assert "guessed  guide.md:9: <pid> became the param pid" in done.stdout
    assert "found    guide.md:9: kill-first: KILL is sent and TERM was not tried" in done.stdout
    assert done.stdout.endswith("left out\n  guide.md:11: History: only prose\n")
    assert done.stderr.splitlines()[-1].split() == ["next", "./inv", "book.lint", "drafts"]
    linted = [json.loads(line) for line in door("book.lint", "drafts", "--format", "json").stdout.splitlines()]
    assert {line["level"] for line in linted if "level" in line} == {"warning"}
    assert "docs/reference/lint-rules.md#kill-first" in {line.get("docs") for line in linted}


def test_for_scripts(door: Door, guide: str) -> None:
    draft, whole, outcome = lines(door("book.import", guide, "--out", "drafts", "--json").stdout)
    assert (draft["schema"], draft["book"], draft["steps"]) == ("watchbook/draft/1", "disk-full", 2)
    assert isinstance(draft["findings"], list)
    assert {"rule", "source", "line", "message", "docs"} == set(draft["findings"][0])
    assert whole["left_out"] == ["guide.md:11: History: only prose"]
    assert outcome["schema"] == "watchbook/outcome/1"


def test_nothing_is_written_over(door: Door, guide: str) -> None:
    (door.folder / "drafts").mkdir()
    (door.folder / "drafts" / "disk-full.yaml").write_text("mine", encoding="utf-8")
    refused = door("book.import", guide, "--out", "drafts")
    assert (refused.returncode, "drafts/disk-full.yaml" in refused.stderr) == (2, True)
    assert (door.folder / "drafts" / "disk-full.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (None, 2, "cannot be read"),
        ("x" * 200_001, 2, "too large"),
        ("# Only\nwords.\n", 1, "Nothing in g.md can be a runbook"),
    ],
)
def test_what_cannot_be_imported(door: Door, text: str | None, code: int, said: str) -> None:
    if text is not None:
        (door.folder / "g.md").write_text(text, encoding="utf-8")
    refused = door("book.import", "g.md")
    assert (refused.returncode, said in refused.stderr, "Traceback" in refused.stderr) == (code, True, False)
    assert not (door.folder / "drafts").exists()


def test_the_how_to_shows_what_is_said(door: Door) -> None:
    (door.folder / "docs").mkdir()
    guide = (ROOT / "docs" / "operations-guide.md").read_bytes()
    (door.folder / "docs" / "operations-guide.md").write_bytes(guide)
    said = door("book.import", "docs/operations-guide.md", "--out", "drafts").stdout
    (shown,) = [part for part in said.split("\n\n") if part.startswith("server-down ")]
    assert shown in (ROOT / "docs" / "how-to" / "import-a-guide.md").read_text(encoding="utf-8")
