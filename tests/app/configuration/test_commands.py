"""`python -m app.configuration`: init never overwrites, rotate keeps or kills the old key, nothing prints a secret."""

import stat
from pathlib import Path

import pytest

from app.configuration.__main__ import main
from app.configuration.sources import gather


@pytest.fixture(autouse=True)
def elsewhere(environ: dict[str, str]) -> None:
    """The working directory is the test's own."""


def test_init_writes_a_private_valid_file_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "deep" / "env"
    assert main(["init", str(path), "PORT=18080"]) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert main(["check", str(path)]) == 0
    before = path.read_text()
    assert main(["init", str(path)]) == 78
    assert path.read_text() == before
    assert main(["init", str(tmp_path / "x"), "PROT=1"]) == 78
    said = capsys.readouterr()
    assert not any(value in said.out + said.err for value in gather({}, path).values.values() if len(value) > 20)


def test_a_planned_rotation_keeps_the_old_key_verifying(tmp_path: Path) -> None:
    path = tmp_path / "env"
    main(["init", str(path), "PORT=18080"])
    before = gather({}, path).values
    assert main(["rotate", "planned", str(path)]) == 0
    after = gather({}, path).values
    assert after["JWT_SECRET"] != before["JWT_SECRET"]
    assert after["JWT_SECRET_PREVIOUS"] == before["JWT_SECRET"]
    assert after["PORT"] == "18080"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert main(["check", str(path)]) == 0


def test_a_compromised_rotation_keeps_nothing(tmp_path: Path) -> None:
    path = tmp_path / "env"
    main(["init", str(path)])
    main(["rotate", "planned", str(path)])
    before = gather({}, path).values
    assert main(["rotate", "compromised", str(path)]) == 0
    after = gather({}, path).values
    assert "JWT_SECRET_PREVIOUS" not in after
    assert all(after[name] != before[name] for name in ("JWT_SECRET", "LOG_SIGNING_KEY", "OPERATIONS_TOKEN"))
    assert main(["check", str(path)]) == 0


def test_rotation_mends_a_weak_key_and_does_not_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "env"
    main(["init", str(path)])
    text = path.read_text().splitlines()
    path.write_text("\n".join(["JWT_SECRET=weak", *[line for line in text if "JWT_SECRET" not in line]]) + "\n")
    assert main(["check", str(path)]) == 78
    assert main(["rotate", "planned", str(path)]) == 0
    assert "JWT_SECRET_PREVIOUS" not in gather({}, path).values
    assert main(["check", str(path)]) == 0
