"""The guide that Watchbook was made for: all of it arrives, and each mistake that a look can find is found by name."""

from __future__ import annotations

import pytest

from engine.importing.importing import Import
from tests.engine.importing.conftest import GUIDE

LINES = GUIDE.read_text(encoding="utf-8").splitlines()

# Rule to texts in the guide: every line that holds one of them, in a command or a list, must be found by that rule.
MISTAKES = {
    "never-ends": (
        "tail -f logs/backend.log",
        "while true; do ps aux",
        "top -p $(pgrep",
        "ping google.com",
        "bun run backend:start",
        "bun run backend:dev",
    ),
    "prints-secret": ("echo $JWT_SECRET", "env | grep -E", "cat .env", "openssl rand -base64 32"),
    "asks-its-own-shell": ("echo $JWT_SECRET", "echo $CORS_ORIGIN", "env | grep -E"),
    "export-as-configuration": ("export ",),
    "kill-first": ("kill -KILL <pid>", "kill -9"),
    "kills-by-search": ("kill -9 $(lsof -t -i:8080)",),
    "grep-finds-itself": ('ps aux | grep "bun.*hono"',),
    "port-by-grep": ("netstat -tlnp | grep :8080",),
    "hides-failure": ('|| echo "Server not responding"',),
    "judged-by-eye": ("curl http", "curl -I ", "curl -H "),
    "nothing-found-fails": ('grep "ERROR"', 'grep "UNAUTHORIZED"', 'grep "Rate limit', 'grep -i "security', "grep -r "),
    "destroys-before-evidence": ("kill -KILL <pid>", "kill -9", "pm2 delete", "tar -xzf", "# Stop server"),
    "hard-coded-date": ("-20241006.tar.gz",),
    "unpacks-over-the-present": ("tar -xzf",),
    "plaintext-archive": ("tar -czf config-backup",),
    "packs-a-live-log": ("tar -czf logs-backup",),
    "named-by-day": ("$(date +%Y%m%d)",),
    "moves-an-open-log": ("mv logs/backend.log",),
    "overwrites-configuration": ("cp .env.example", "tee /etc/logrotate.d"),
    "unpinned-install": ("bun install", "bun update"),
    "waits-for-typing": ("apt-get install logrotate",),
    "left-in-background": ("PORT=8080 bun run backend:start &",),
    "folder-forgotten": ("cd linguamate-ai-tutor",),
    "secret-in-argv": ("verifyJwt('your-token-here')",),
    "placeholder-secret": ("JWT_SECRET=dev-secret-key", "JWT_SECRET=your-secure-production-secret-here"),
    "notify-by-hand": ("Notify team", "Notify security team", "Notify users"),
    "says-one-does-another": (
        "# Stop server",
        "# Restart server",
        "# Restart with auto-reload",
        "# Restart with secure",
    ),
}
IN_THE_BACKGROUND = "backend:start &"  # which is its own mistake: it ends, and the server with it
OWN_BRANCH = {"never-ends": IN_THE_BACKGROUND, "says-one-does-another": "# Restart server to clear"}


def found_by(guide: Import, rule: str) -> set[int]:
    """The lines of the guide at which the steps begin that break a rule."""
    return {
        int(source.rpartition(":")[2]) for book in guide.books for source, fault in book.findings if fault.code == rule
    }


def step_of(line: int, starts: list[int]) -> int:
    """The line at which the step of a line begins."""
    return max(start for start in starts if start <= line)


@pytest.mark.parametrize("rule", MISTAKES)
def test_every_known_mistake_is_found_by_name(operations_guide: Import, rule: str) -> None:
    starts = sorted(
        int(str(step["x-source"]).rpartition(":")[2])
        for book in operations_guide.books
        for step in steps(book.draft.document)
    )
    for text in MISTAKES[rule]:
        lines = [
            number for number, line in enumerate(LINES, 1) if text in line and OWN_BRANCH.get(rule, "\0") not in line
        ]
        assert lines, f"the guide does not say {text!r}"
        missed = [line for line in lines if step_of(line, starts) not in found_by(operations_guide, rule)]
        assert missed == [], f"{rule}: {text}"


def steps(document: object) -> list[dict[str, object]]:
    assert isinstance(document, dict)
    found = document["steps"]
    assert isinstance(found, list)
    return found


def test_restarts_in_trouble_depend_on_nothing_that_was_found(operations_guide: Import) -> None:
    restarts = {book.draft.id for book in operations_guide.books for _, fault in book.findings
                if fault.code == "restart-as-diagnosis"}  # fmt: skip
    assert restarts == {"authentication-issues", "cors-issues", "high-memory-usage", "security-incident", "server-down"}


def test_every_change_lacks_verify_rollback_and_timeout(operations_guide: Import) -> None:
    for book in operations_guide.books:
        changes = [step for step in steps(book.draft.document) if "run" in step and step.get("effect") != "read"]
        for rule in ("no-verify", "no-rollback"):
            assert len([1 for _, fault in book.findings if fault.code == rule]) == len(changes)
        runs = [step for step in steps(book.draft.document) if "run" in step]
        assert len([1 for _, fault in book.findings if fault.code == "no-timeout"]) == len(runs)


def test_nothing_of_the_guide_is_lost(operations_guide: Import) -> None:
    """Every line in a block of commands stands in a draft: in a command, a title, a reason, or as what is expected."""
    drafted = "\n".join(book.text for book in operations_guide.books)
    inside = False
    for line in LINES:
        if line.startswith("```"):
            inside = line in ("```bash", "```nginx")
            continue
        words = line.strip().lstrip("# ").removeprefix("sudo ").split('"')[0].split("<")[0].strip()
        if inside and words and "-here" not in words and not words.startswith("Expected "):
            assert words.split("$(")[0] in drafted.replace("''", "'"), line
    assert [line.partition(": ")[2] for line in operations_guide.left_out] == [
        "Overview: only prose",
        "Log Levels: only prose",
        "Log Format: only prose",
        "Team Contacts: only prose",
        "Emergency Contacts: only prose",
        "Documentation: only prose",
    ]


def test_all_eighteen_symptoms_arrive(operations_guide: Import) -> None:
    said = [symptom for book in operations_guide.books for symptom in book.draft.document.get("symptoms", [])]  # type: ignore[union-attr]
    assert len(said) == 18


def test_what_the_reader_must_fill_in_is_declared(operations_guide: Import) -> None:
    declared = {
        (kind, name)
        for book in operations_guide.books
        for kind in ("params", "secrets")
        for name in dict(book.draft.document.get(kind, {}))  # type: ignore[arg-type]
    }
    assert declared == {
        ("params", "pid"),
        ("params", "repository_url"),
        ("secrets", "jwt_secret"),
        ("secrets", "token"),
    }


def test_the_how_to_counts_right(operations_guide: Import) -> None:
    paper = (GUIDE.parent / "how-to" / "import-a-guide.md").read_text(encoding="utf-8")
    assert f"{len(LINES)} lines, becomes {len(operations_guide.books)} runbooks" in paper
