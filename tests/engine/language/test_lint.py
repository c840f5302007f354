"""Every rule finds what it is for, at its place, and nothing in a good runbook; a reason silences it."""

import re
from datetime import date
from pathlib import Path

import pytest

from engine.language.library import Library
from engine.language.lint import RULES, lint, lint_file
from engine.language.load import load_text
from engine.language.new import new_book
from engine.language.rules.shell import simple_commands
from engine.primitives.faults import Fault
from engine.rehearse import rehearse

TODAY = date(2026, 11, 23)
HEAD = """\
version: 1
id: small
title: A small one
owner: backend
review: {last: 2026-11-20, every: 90d}
params: {unit: {default: backend}}
secrets: {token: {from: "env:TOKEN"}}
checks: {healthy: {run: "true"}}
defaults: {timeout: 60s}
tests: [{name: x, expect: {outcome: succeeded}}]
"""
GOOD = "verify: {check: healthy}, rollback: none — it heals"


def findings(text: str, path: str = "server/small.yaml", today: date = TODAY) -> list[Fault]:
    return lint(load_text(text.encode(), Path(path)), today)


def found(steps: str, path: str = "server/small.yaml") -> list[tuple[str, int, int]]:
    """Rule, line among the steps, and column."""
    above = (HEAD + "steps:\n").count("\n")
    return [(fault.code, fault.line - above, fault.column) for fault in findings(f"{HEAD}steps:\n{steps}", path)]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (f"  - {{id: a, run: b, {GOOD}}}", []),
        ("  - {id: a, run: b, effect: read}", []),
        ("  - {id: a, run: b, rollback: none — it heals}", [("no-verify", 1, 10)]),
        ("  - {id: a, run: b, verify: {check: healthy}}", [("no-rollback", 1, 10)]),
        ("  - {id: a, service: {name: x, do: stop}}", [("no-rollback", 1, 10), ("no-verify", 1, 10)]),
        ("  - {id: a, service: {name: x, get: state}}", []),
        ("  - {id: a, http: {get: 'http://x/'}}", []),
        (f"  - {{id: a, run: b, on_failure: rollback, {GOOD}}}", [("rollback-of-nothing", 1, 33)]),
        (f"  - {{id: a, run: b, effect: destructive, {GOOD}}}", [("destroys-before-evidence", 1, 10)]),
        (f"  - {{id: e, evidence: [{{name: x, run: y}}]}}\n  - {{id: a, run: b, effect: destructive, {GOOD}}}", []),
        ("  - id: a\n    effect: read\n    run: |\n      set -eu\n      echo $unit", [("unquoted-variable", 5, 12)]),
        ("  - {id: a, effect: read, run: 'wc $token_file'}", [("unquoted-variable", 1, 36)]),
        ("  - {id: a, effect: read, run: 'echo \"$unit\" ''$unit'' \\$unit $other'}", []),
        ("  - {id: a, effect: read, run: 'x=$unit; echo ${unit}'}", [("unquoted-variable", 1, 47)]),
        ("  - {id: a, effect: read, run: 'echo # $unit'}", []),
        ("  - id: a\n    effect: read\n    run: |\n      cat <<EOF\n      $unit\n      EOF", []),
        ("  - {id: a, effect: read, run: tail -f /var/log/x}", [("never-ends", 1, 32)]),
        ("  - {id: a, effect: read, run: 'sudo -n tail -n 5 -F x'}", [("never-ends", 1, 33)]),
        ("  - {id: a, effect: read, run: tail -n 50 x}", []),
        ("  - {id: a, effect: read, run: timeout 5 tail -f x}", []),
        ("  - {id: a, effect: read, run: top}", [("never-ends", 1, 32)]),
        ("  - {id: a, effect: read, run: top -b -n 1}", []),
        ("  - {id: a, effect: read, run: ping example.org}", [("never-ends", 1, 32)]),
        ("  - {id: a, effect: read, run: ping -c 4 example.org}", []),
        ("  - {id: a, effect: read, run: journalctl -fu x}", [("never-ends", 1, 32)]),
        ("  - {id: a, effect: read, run: journalctl -u x -n 50}", []),
        ("  - {id: a, effect: read, run: less x}", [("never-ends", 1, 32)]),
        ("  - {id: a, effect: read, run: 'while true; do date; done'}", [("never-ends", 1, 33)]),
        ("  - {id: a, effect: read, run: 'while true; do date; break; done'}", []),
        ("  - {id: a, effect: read, run: 'yes | head -n 1'}", []),
        ("  - {id: a, effect: read, run: 'grep x y || true'}", [("hides-failure", 1, 45)]),
        ("  - {id: a, effect: read, run: 'grep x y || echo none'}", [("hides-failure", 1, 45)]),
        ("  - {id: a, effect: read, run: 'grep x y || { echo none; exit 1; }'}", []),
        ("  - {id: a, effect: read, run: 'grep x y || grep z y'}", []),
        ("  - {id: a, effect: read, run: 'x 2>&1 | cat'}", []),
    ],
)
def test_what_a_rule_finds(steps: str, expected: list[tuple[str, int, int]]) -> None:
    assert found(steps) == expected


def test_in_security_every_change_comes_after_evidence() -> None:
    steps = f"  - {{id: a, run: b, {GOOD}}}"
    assert found(steps, "runbooks/security/small.yaml") == [("destroys-before-evidence", 1, 10)]
    assert found(steps, "runbooks/server/small.yaml") == []


def test_upkeep() -> None:
    bare = "version: 1\nid: small\ntitle: x\nsteps: [{id: a, run: b, effect: read}]\n"
    assert [(fault.code, fault.line) for fault in findings(bare)] == [
        ("no-owner", 2), ("no-review", 2), ("no-tests", 2), ("no-timeout", 4),
    ]  # fmt: skip
    good = f"{HEAD}steps: [{{id: a, run: b, effect: read}}]\n"
    assert findings(good, today=date(2027, 2, 18)) == []
    (late,) = findings(good, today=date(2027, 2, 19))
    assert (late.line, late.column, late.message) == (5, 16, "the review has been overdue since 2027-02-18")
    (early,) = findings(good, today=date(2026, 11, 19))
    assert early.message == "the last review, 2026-11-20, is in the future"


def test_every_rule_explains_itself_and_stands_in_the_reference() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "lint-rules.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^## (.+)$", page) == sorted(RULES)
    for rule in RULES.values():
        assert rule.explains.endswith(".") and rule.fix
        assert " ".join(rule.explains.split()) in page
        assert rule.docs == f"docs/reference/lint-rules.md#{rule.id}"


def test_a_reason_silences_a_rule_for_a_step_or_a_book() -> None:
    step = "  - {id: a, run: b, verify: {check: healthy}%s}"
    assert found(step % ", x-lint-allow: {no-rollback: nothing is kept}") == []
    above = f"x-lint-allow: {{no-rollback: nothing is kept}}\n{HEAD}steps:\n{step % ''}"
    assert findings(above) == []


@pytest.mark.parametrize(
    ("allow", "column", "message"),
    [
        ("{no-rollback: ''}", 62, "no-rollback is allowed without a reason"),
        ("{no-rollback: }", 62, "no-rollback is allowed without a reason"),
        ("{no-rolback: because}", 62, "no rule is called 'no-rolback'"),
        ("no-rollback", 61, "x-lint-allow names rules and reasons"),
    ],
)
def test_no_reason_no_silence(allow: str, column: int, message: str) -> None:
    text = f"{HEAD}steps:\n  - {{id: a, run: b, verify: {{check: healthy}}, x-lint-allow: {allow}}}"
    shown = [(fault.code, fault.column, fault.message) for fault in findings(text)]
    assert shown == [
        ("no-rollback", 10, "step a does not say whether there is a way back"),
        ("lint-allow", column, message),
    ]


def test_a_file_that_does_not_load_has_faults_instead(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("version: 1\n", encoding="utf-8")
    assert {fault.level for fault in lint_file(path, TODAY)} == {"error"}


def test_a_new_runbook_loads_lints_clean_and_passes_its_test() -> None:
    for title, owner in (("", ""), ('It says "no" \\ {{ x }}: #1', "team: a")):
        loaded = load_text(new_book("disk-full", title, owner, TODAY).encode(), Path("disk-full.yaml"))
        assert lint(loaded, TODAY) == []
        assert loaded.book.title == (title or "Disk full")
        assert [result.problems for result in rehearse(loaded, Library([]))] == [()]
    with pytest.raises(ValueError, match="write disk-full"):
        new_book("Disk full", "", "", TODAY)


def test_simple_commands() -> None:
    script = "a 'b;c' \"d|e\" $(f; g) && h # i\nj | k 2>&1; (l) || sudo -n M=1 /usr/bin/n\n"
    assert [(simple.before, simple.name, simple.after) for simple in simple_commands(script)] == [
        ("", "a", "&&"), ("&&", "h", "\n"), ("\n", "j", "|"), ("|", "k", ";"), ("(", "l", ")"), ("||", "n", "\n"),
    ]  # fmt: skip
