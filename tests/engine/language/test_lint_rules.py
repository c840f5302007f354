"""Every rule about commands finds the mistake it shows as its example, and leaves the right way alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from engine.language.lint import RULES, lint
from engine.language.load import load_text

TODAY = date(2026, 11, 23)
BOOK = {
    "version": 1,
    "id": "small",
    "title": "A small one",
    "params": {"unit": {"default": "backend"}, "pid": {"type": "integer"}},
    "secrets": {"token": {"from": "env:TOKEN"}},
}


def rules_broken(*steps: dict[str, object], path: str = "server/small.yaml", **book: object) -> list[str]:
    """The rules that a book of these steps breaks, besides those about upkeep and safety."""
    numbered = [{"id": f"step-{number}", **step} for number, step in enumerate(steps)]
    text = yaml.safe_dump({**BOOK, **book, "steps": numbered}, sort_keys=False)
    return sorted({fault.code for fault in lint(load_text(text.encode(), Path(path)), TODAY)} - SILENT)


SILENT = {"no-owner", "no-review", "no-tests", "no-verify", "no-rollback", "no-timeout"}
WITH_EXAMPLE = [rule for rule in RULES.values() if rule.example]


def broken_by(command: str, **step: object) -> list[str]:
    return rules_broken({"run": command, **step})


@pytest.mark.parametrize("rule", WITH_EXAMPLE, ids=lambda rule: rule.id)
def test_a_rule_finds_its_example(rule: object) -> None:
    assert isinstance(rule, type(WITH_EXAMPLE[0]))
    assert rule.id in broken_by(rule.example)


def test_what_has_no_example_is_about_more_than_a_command() -> None:
    assert {rule.id for rule in RULES.values() if not rule.example} == {
        *SILENT, "destroys-before-evidence", "review-overdue", "rollback-of-nothing",
        "restart-as-diagnosis", "says-one-does-another", "notify-by-hand",
    }  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        "bun run backend:build",
        "gunicorn -D app:app",
        "docker compose up -d",
        "./server & wait",
        "curl -fsS http://127.0.0.1:1/",
        "curl --fail-with-body http://127.0.0.1:1/",
        "curl -o /dev/null -w '%{http_code}' http://127.0.0.1:1/ | grep -q 200",
        "grep -q ERROR app.log",
        "sudo -n systemctl status x",
        "apt-get install -y logrotate",
        "cd /srv && ls",
        "ps aux | grep '[b]un.*hono'",
        "ps aux | grep bun | grep -v grep | wc -l",
        "ps -p 1 -o rss",
        "ss -H -ltn 'sport = :8080'",
        'kill -0 "$pid"',
        'kill -s USR1 "$(cat /run/x.pid)"',
        "kill $(lsof -t -iTCP:8080 -sTCP:LISTEN)",
        'top -b -n 1 -p "$pid"',
        'echo "$unit"',
        'X=1; echo "$X"',
        "openssl rand -base64 32 >/etc/x/key",
        "cat .env | sha256sum",
        "cat .env.example",
        'curl -fH @"$token_file" http://127.0.0.1:1/',
        "export LC_ALL=C; sort x",
        "export lower=1; ls",
        "env LC_ALL=C sort x",
        "tar -cz .env | age -r age1x >backup.age",
        "tar -czf backup.tar.gz backend/",
        "cp .env.example .env.new-example",
        "cp -n .env.example .env",
        "tee -a /etc/hosts",
        "tar -xzf backup.tar.gz -C restored/",
        "tar -tzf backup.tar.gz",
        "tar -czf logs-$(date +%Y%m%dT%H%M%S).tar.gz rotated/",
        'echo "$(cat "$pid")"',
        "unzip -d new x.zip",
        'mv app.log app.log.1; kill -USR1 "$(cat /run/app.pid)"',
        "bun install --frozen-lockfile",
        "pip install --require-hashes -r requirements.txt",
        "ls backup-$(date +%Y%m%d-%H%M%S).tar.gz",
        "JWT_SECRET=$(openssl rand -base64 48) ./serve",
    ],
)
def test_the_right_way_is_left_alone(command: str) -> None:
    assert broken_by(command) == []


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("bun run backend:start", "never-ends"),
        ("PORT=3000 npm start", "never-ends"),
        ("flask run", "never-ends"),
        ("env | grep -E '(PORT|JWT_SECRET)'", "prints-secret"),
        ("cat .env.production", "prints-secret"),
        ('cat "$token_file"', "prints-secret"),
        ("cat /proc/1/environ", "prints-secret"),
        ("openssl rand -base64 32", "prints-secret"),
        ("pkill -9 bun", "kill-first"),
        ("kill -s KILL 1234", "kill-first"),
        ("fuser -k 8080/tcp", "kill-first"),
        ("pkill -f bun", "kills-by-search"),
        ("ping6 -c 1 x; top -p 1234 -b", "hard-coded-pid"),
        ("ls -l /proc/1234/fd", "hard-coded-pid"),
        ("ls backup-2024-10-06.tar", "hard-coded-date"),
        ("scp .env backup:", "plaintext-archive"),
        ("zip -r x.zip config/server.pem", "plaintext-archive"),
        ("tee /etc/logrotate.d/x <x", "overwrites-configuration"),
        ("redis-cli FLUSHDB", "destroys-before-evidence"),
        ("rm -rf /srv/x", "destroys-before-evidence"),
        ("JWT_SECRET=dev-secret-key ./serve", "placeholder-secret"),
    ],
)
def test_other_faces_of_the_same_mistakes(command: str, rule: str) -> None:
    assert rule in broken_by(command)


def test_a_sensitive_step_may_print_and_a_listed_exit_code_is_fine() -> None:
    assert broken_by("cat .env", sensitive=True) == []
    assert broken_by("grep ERROR app.log", allow_exit=[0, 1]) == []
    assert broken_by("grep ERROR app.log | wc -l") == []


def test_kill_after_term_is_still_destructive() -> None:
    assert broken_by('kill -TERM "$pid"; sleep 5; kill -KILL "$pid"') == ["destroys-before-evidence"]


def test_names_and_fingerprints_of_the_environment_are_no_secrets() -> None:
    assert broken_by("env | cut -d= -f1") == ["asks-its-own-shell"]
    assert broken_by('echo "$JWT_SECRET" | sha256sum') == ["asks-its-own-shell"]


RESTART: dict[str, object] = {"id": "restart", "service": {"name": "backend", "do": "restart"}}


def test_a_restart_depends_on_what_was_found() -> None:
    assert rules_broken(RESTART) == ["restart-as-diagnosis"]
    assert rules_broken({"run": "ps aux", "effect": "read"}, RESTART) == ["restart-as-diagnosis"]
    assert rules_broken({"run": "systemctl restart backend"}) == ["restart-as-diagnosis"]
    assert rules_broken({"run": "./up", "title": "Restart the server"}) == ["restart-as-diagnosis"]
    assert rules_broken({"check": {"port": {"number": 80, "is": "open"}}}, RESTART) == []
    assert rules_broken({**RESTART, "when": 'unit == "backend"'}) == []
    assert rules_broken(RESTART, kind="maintenance") == []


def test_a_title_is_kept_by_its_command() -> None:
    assert "says-one-does-another" in rules_broken({"title": "Stop server", "run": "bun run backend:start"})
    assert "says-one-does-another" in rules_broken({"title": "Restart server", "run": "systemctl start backend"})
    assert rules_broken({"title": "Stop server", "run": "systemctl stop backend; systemctl start backend"}) == []
    assert rules_broken({"title": "Start server", "run": "systemctl start backend"}) == []


def test_people_are_not_asked_to_send_messages() -> None:
    assert rules_broken({"guide": "Notify team"}) == ["notify-by-hand"]
    assert rules_broken({"guide": "First look.\n- Tell the security team"}) == ["notify-by-hand"]
    assert rules_broken({"guide": "Users notify us when it is slow."}) == []


def test_a_placeholder_secret_is_found_in_what_people_are_told() -> None:
    assert rules_broken({"guide": "JWT_SECRET=your-secret-here"}) == ["placeholder-secret"]


def test_a_way_back_may_destroy() -> None:
    assert rules_broken({"run": "mkdir /srv/x", "rollback": {"run": "rm -r /srv/x"}}) == []


def test_in_a_security_runbook_every_change_comes_after_evidence() -> None:
    assert "destroys-before-evidence" in rules_broken({"run": "ufw deny 80"}, id="security-incident")
