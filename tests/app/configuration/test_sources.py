"""Which value wins: the process over the file, `.env.production` over `.env`, the new name over the old."""

from pathlib import Path

import pytest

from app.configuration.faults import ConfigurationFaults
from app.configuration.load import load
from app.configuration.sources import gather


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_the_process_wins_over_the_file(environ: dict[str, str], tmp_path: Path) -> None:
    path = write(tmp_path / "env", "PORT=8081\nWORKERS=3\n")
    loaded = load(environ | {"APP_ENV_FILE": str(path), "PORT": "3000"})
    assert (loaded.settings.port, loaded.settings.workers) == (3000, 3)
    origins = loaded.sources.origins
    assert (origins["PORT"], origins["WORKERS"], origins.get("THREADS")) == ("process", "file", None)


def test_production_file_wins_in_production_only(environ: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path / ".env", "PORT=8081\nAPP_ENV=development\n")
    write(tmp_path / ".env.production", "PORT=8082\n")
    assert load(environ).settings.port == 8081
    assert load(environ | {"NODE_ENV": "production"}).settings.port == 8082
    write(tmp_path / ".env", "PORT=8081\n")
    assert load(environ).settings.port == 8082


def test_a_named_file_must_exist_and_be_private(environ: dict[str, str], tmp_path: Path) -> None:
    missing = gather(environ | {"APP_ENV_FILE": str(tmp_path / "gone")})
    assert "init" in missing.faults[0].fix
    path = write(tmp_path / "env", "PORT=8081\n")
    path.chmod(0o640)
    with pytest.raises(ConfigurationFaults, match="1 configuration"):
        load(environ | {"APP_ENV_FILE": str(path)})


def test_lines_are_read_as_shells_write_them(tmp_path: Path) -> None:
    path = write(tmp_path / "env", "# note\n\nexport PORT='81'\nHOST=\"::1\"\nLOG_LEVEL=a=b\nTYPO=1\nWORKERS=\n")
    found = gather({}, path)
    assert found.values == {"PORT": "81", "HOST": "::1", "LOG_LEVEL": "a=b"}
    assert "TYPO is not read" in found.warnings[0]


def test_old_names_are_understood_and_new_ones_win(environ: dict[str, str]) -> None:
    del environ["LOG_SALT"]
    old = {"EXPO_PUBLIC_LOG_SALT": "x" * 5, "NODE_ENV": "test", "APP_ENV": "development"}
    found = gather(environ | old)
    assert found.values["LOG_SALT"] == "x" * 5
    assert found.values["APP_ENV"] == "development"
    assert "ships to clients" in found.warnings[0]


def test_a_file_that_is_no_text_is_a_fault_not_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_bytes(b"PORT=\xff\xfe\n")
    path.chmod(0o600)
    assert "cannot be read" in gather({}, path).faults[0].what
    assert "cannot be read" in gather({}, tmp_path).faults[0].what
