"""The parts of a machine: found where Debian puts them, named by the tests that need them, and nothing else."""

from pathlib import Path

import pytest

from console.terminal.parts import PARTS, how_to_enable, named_in


def test_a_part_is_here_when_all_its_commands_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("ssh", "ssh-keygen"):
        _command(tmp_path, name)
    # Debian's sshd lies in sbin, where it is found whatever the PATH.
    assert PARTS["sshd"].is_here() == Path("/usr/sbin/sshd").exists()
    _command(tmp_path, "sshd")
    assert PARTS["sshd"].is_here()
    (tmp_path / "ssh").unlink()
    assert not PARTS["sshd"].is_here()


def _command(folder: Path, name: str) -> None:
    (folder / name).touch(mode=0o755)


def test_what_cannot_be_installed_says_what_to_do_instead() -> None:
    assert how_to_enable("sshd") == "./inv dev.setup"
    assert how_to_enable("root") == "run as root"


def test_the_parts_are_collected_from_the_markers(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "test_a.py").write_text('@pytest.mark.needs("sshd", "root")\ndef test_a(): "needs(nothing)"\n')
    (tmp_path / "deep" / "test_b.py").write_text('pytestmark = [pytest.mark.needs("redis")]\n')
    (tmp_path / "conftest.py").write_text('pytest.mark.needs("browser")\n')
    assert named_in(tmp_path) == {"sshd", "root", "redis"}
