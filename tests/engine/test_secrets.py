"""Secret references: found, or refused with what, where and the next command, and never shown."""

import os
from pathlib import Path

import pytest

from engine.secrets import SecretError, resolve


def refusal(reference: str) -> SecretError:
    with pytest.raises(SecretError) as refused:
        resolve("token", reference)
    assert refused.value.hint
    assert "token" in str(refused.value)
    return refused.value


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text("hunter22\n")
    path.chmod(0o600)
    return path


def test_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROBE_TOKEN", "hunter22")
    secret = resolve("token", "env:PROBE_TOKEN")
    assert secret.reveal() == "hunter22"
    assert "hunter22" not in f"{secret!r}{secret}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("hunter22", "hunter22"),
        ("hunter22\n", "hunter22"),
        ("hunter22\r\n", "hunter22"),
        ("a\nb\nkey\n\n", "a\nb\nkey\n"),
    ],
)
def test_from_a_file_without_its_last_line_end(file: Path, written: str, read: str) -> None:
    file.write_text(written, newline="")
    assert resolve("token", f"file:{file}").reveal() == read


def test_a_home_path_is_expanded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(file.parent))
    assert resolve("token", "file:~/token").reveal() == "hunter22"


def test_a_variable_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROBE_TOKEN", raising=False)
    refused = refusal("env:PROBE_TOKEN")
    assert "the environment has no PROBE_TOKEN" in str(refused)
    assert "read -rs PROBE_TOKEN" in refused.hint


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read(file: Path, mode: int) -> None:
    file.chmod(mode)
    refused = refusal(f"file:{file}")
    assert "closed to others" in str(refused)
    assert f"chmod 600 {file}" in refused.hint


@pytest.mark.needs("root")
def test_a_file_of_somebody_else(file: Path) -> None:
    os.chown(file, 65534, 65534)
    assert "must be yours" in str(refusal(f"file:{file}"))


def test_what_is_no_readable_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "No such file" in str(refusal(f"file:{tmp_path}/no"))
    assert "not a regular file" in str(refusal(f"file:{tmp_path}/pipe"))
    assert "directory" in str(refusal(f"file:{tmp_path}"))
    assert "relative" in str(refusal("file:token"))


@pytest.mark.parametrize("value", ["", "12345", "\n"])
def test_too_short_to_be_kept_out_of_the_record(file: Path, value: str) -> None:
    file.write_text(value)
    assert "cannot be kept out of the record" in str(refusal(f"file:{file}"))


@pytest.mark.parametrize(
    ("content", "because"),
    [(b"\xff\xfe\xfd\xfc\xfb\xfa", "not text"), (b"hunter\0two", "NUL"), (b"x" * 70_000, "larger")],
)
def test_what_a_shell_could_not_take(file: Path, content: bytes, because: str) -> None:
    file.write_bytes(content)
    assert because in str(refusal(f"file:{file}"))


@pytest.mark.parametrize("reference", ["", "env:", "file:", "vault:x", "hunter22"])
def test_what_is_no_reference(reference: str) -> None:
    assert "no reference" in str(refusal(reference))
