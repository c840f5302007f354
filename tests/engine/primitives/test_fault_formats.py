"""Faults for people, scripts, GitHub and SARIF readers."""

import json

from engine.primitives.fault_formats import as_json, github, human, sarif
from engine.primitives.faults import BookFaults, Fault, did_you_mean, quoted

FAULT = Fault("books/a,b.yaml", 12, 5, "unknown-key", "unknown key 'verfy'", "did you mean verify?", "    verfy: {}", 5)


def test_for_people() -> None:
    assert human(FAULT) == (
        "books/a,b.yaml:12:5: error: unknown key 'verfy' [unknown-key]\n"
        "  12 |     verfy: {}\n"
        "     |     ^^^^^\n"
        "  did you mean verify?"
    )


def test_the_caret_stands_below_wide_and_combined_characters() -> None:
    lines = human(Fault("x", 1, 5, "c", "m", snippet="日本e\u0301x", width=1)).splitlines()
    assert lines[2] == "    |      ^"


def test_a_long_line_is_cut_around_the_fault() -> None:
    shown = human(Fault("x", 1, 5001, "c", "m", snippet="a" * 5000 + "b" + "c" * 5000)).splitlines()
    assert len(shown[1]) < 120
    assert shown[1][shown[2].index("^")] == "b"


def test_nothing_in_a_fault_moves_the_cursor() -> None:
    text = human(Fault("a\x1b]0;x\x07.yaml", 1, 1, "c", "m\x1b[2J", "h\x1b", "s\x1b[0m"))
    assert "\x1b" not in text and "\x07" not in text


def test_for_scripts() -> None:
    assert json.loads(as_json(FAULT)) == {
        "schema": "watchbook/fault/1", "path": "books/a,b.yaml", "line": 12, "column": 5, "width": 5, "level": "error",
        "code": "unknown-key", "message": "unknown key 'verfy'", "hint": "did you mean verify?",
        "snippet": "    verfy: {}", "docs": "",
    }  # fmt: skip


def test_for_github() -> None:
    assert github(FAULT) == (
        "::error file=books/a%2Cb.yaml,line=12,col=5,endColumn=10,title=unknown-key"
        "::unknown key 'verfy' (did you mean verify?)"
    )
    assert github(Fault("x", 1, 1, "c", "50%\n::error::forged")).endswith("::50%25%0A::error::forged")


def test_for_sarif() -> None:
    log = json.loads(sarif([FAULT, FAULT], {"unknown-key": "A key the language does not have."}))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"] == [
        {"id": "unknown-key", "shortDescription": {"text": "A key the language does not have."}}
    ]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 0]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "books/a%2Cb.yaml"},
        "region": {"startLine": 12, "startColumn": 5, "endColumn": 10},
    }


def test_faults_come_in_the_order_of_lines_and_once() -> None:
    later, sooner = Fault("x", 9, 1, "c", "m"), Fault("x", 2, 1, "c", "m")
    assert BookFaults([later, sooner, later]).faults == (sooner, later)


def test_a_quoted_text_is_one_bounded_line() -> None:
    assert quoted("a\nb") == "'a\\nb'"
    assert len(quoted("a" * 1000)) == 62


def test_did_you_mean() -> None:
    assert did_you_mean("verfy", ["verify", "when"]) == "did you mean verify?"
    assert did_you_mean("zzz", ["verify", "when"]) == ""
