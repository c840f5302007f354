"""Every fault of a configuration is reported, in one pass, without the value; then the process ends with 78."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.configuration.faults import ConfigurationFaults
from app.configuration.load import load
from app.configuration.secrets import entropy_bits, generate, weakness
from tests.house.tree import ROOT


def faults(environ: dict[str, str]) -> dict[str, str]:
    with pytest.raises(ConfigurationFaults) as caught:
        load(environ)
    return {fault.where: fault.what for fault in caught.value.faults}


def test_all_faults_come_in_one_pass(environ: dict[str, str]) -> None:
    wrong = {
        "APP_ENV": "produktion",
        "PORT": "99999",
        "WORKERS": "many",
        "CORS_ORIGIN": "linguamate.app",
        "LOG_LEVEL": "loud",
        "LIMIT_CHAT": "often",
        "TRUSTED_PROXY_COUNT": "1",
        "JWT_SECRET": "short",
        "DATABASE_URL": "mysql://x",
        "RATELIMIT_STORAGE_URI": "memory://",
    }
    assert set(faults(environ | wrong)) == (set(wrong) - {"TRUSTED_PROXY_COUNT"}) | {"TRUSTED_PROXIES"}


@pytest.mark.parametrize(
    ("secret", "why"),
    [
        ("your-secure-secret-here", "is 23 bytes"),
        ("new-secret-here", "is 15 bytes"),
        ("change_me_please_super_secret", "is 29 bytes"),
        ("your-secure-production-secret-here", "is a placeholder"),
        ("dev-secret-key-that-is-long-enough-for-security-requirements", "is a development secret"),
        ("a" * 64, "is guessable"),
        ("abcdefghijklmnopqrstuvwxyz0123456789", "is guessable"),
        ("abcabcabcabcabcabcabcabcabcabcabcabcabc", "is guessable"),
    ],
)
def test_a_weak_secret_is_refused_by_its_value(environ: dict[str, str], secret: str, why: str) -> None:
    said = faults(environ | {"JWT_SECRET": secret})["JWT_SECRET"]
    assert said.startswith(why)
    assert secret not in said


def test_generated_secrets_pass_and_are_rich() -> None:
    for _ in range(50):
        secret = generate()
        assert weakness(secret, development=False) is None
        assert entropy_bits(secret) > 200


def test_the_guides_development_secret_works_outside_production_only(environ: dict[str, str]) -> None:
    guide = {
        "NODE_ENV": "development",
        "PORT": "8080",
        "HOST": "0.0.0.0",
        "JWT_SECRET": "dev-secret-key-that-is-long-enough-for-security-requirements",
        "CORS_ORIGIN": "*",
        "LOG_LEVEL": "debug",
    }
    loaded = load(guide)
    assert loaded.settings.log_level == "DEBUG"
    assert any("every address" in warning for warning in loaded.warnings)
    assert set(faults(guide | {"NODE_ENV": "production"})) >= {"JWT_SECRET", "CORS_ORIGIN", "LOG_SALT"}


def test_unset_means_production(environ: dict[str, str]) -> None:
    assert load(environ).settings.app_env == "production"


def test_one_secret_has_one_purpose(environ: dict[str, str]) -> None:
    assert "same as JWT_SECRET" in faults(environ | {"LOG_SALT": environ["JWT_SECRET"]})["LOG_SALT"]


def test_the_previous_key_needs_an_end_within_seven_days(environ: dict[str, str]) -> None:
    previous = {"JWT_SECRET_PREVIOUS": generate()}
    assert "JWT_SECRET_PREVIOUS_UNTIL" in faults(environ | previous)
    late = (datetime.now(UTC) + timedelta(days=8)).isoformat()
    assert "JWT_SECRET_PREVIOUS_UNTIL" in faults(environ | previous | {"JWT_SECRET_PREVIOUS_UNTIL": late})
    soon = (datetime.now(UTC) + timedelta(days=6)).isoformat()
    load(environ | previous | {"JWT_SECRET_PREVIOUS_UNTIL": soon})


def test_memory_limits_are_refused_with_two_workers_even_in_development(environ: dict[str, str]) -> None:
    memory = environ | {"RATELIMIT_STORAGE_URI": "memory://", "APP_ENV": "development"}
    assert "RATELIMIT_STORAGE_URI" in faults(memory)
    load(memory | {"WORKERS": "1"})
    assert "RATELIMIT_STORAGE_URI" in faults(memory | {"WORKERS": "1", "APP_ENV": "production"})


@pytest.mark.parametrize(
    "start",
    [("-m", "app.configuration", "check"), ("-m", "gunicorn", "-c", "app/deploy/gunicorn.conf.py", "app.wsgi:app")],
)
def test_check_and_the_service_itself_end_with_78(tmp_path: Path, start: tuple[str, ...]) -> None:
    path = tmp_path / "env"
    path.write_text("PORT=abc\nJWT_SECRET=hunter2hunter2\nnonsense\nPORT=81\n")
    path.chmod(0o644)
    environ = {"PATH": os.environ["PATH"], "APP_ENV_FILE": str(path)}
    ended = subprocess.run([sys.executable, *start], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=30)
    assert ended.returncode == 78
    for said in (
        "mode 0644. chmod 600",
        "env:3: is not NAME=value",
        "sets PORT a second time",
        "JWT_SECRET: is 14",
        "LOG_SALT",
    ):
        assert said in ended.stderr
    assert "hunter2" not in ended.stderr
    assert "Traceback" not in ended.stderr
