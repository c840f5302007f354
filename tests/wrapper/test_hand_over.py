"""The wrapper hands over: the words, the folder and the streams of the caller reach tasks.py unchanged."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.wrapper.checkout import ROOT, Checkout

HOSTILE = ("", "a b", "'", '"', "$(id)", "`id`", "*", "--flag=x y", "new\nline", "\\n", "-", "ünï")


def test_every_word_arrives_as_it_was_typed(checkout: Checkout) -> None:
    assert checkout.run(*HOSTILE).heard["argv"] == list(HOSTILE)


def test_stdout_is_the_tasks_and_progress_is_one_line(either_checkout: Checkout) -> None:
    first = either_checkout.run()
    assert first.code == 0
    assert first.heard["tiny"] == "1.0"
    assert first.err.splitlines()[0].startswith("inv: setting up .venv from requirements.txt with ")
    assert len(first.err.splitlines()) == 1
    assert either_checkout.run().err == ""


def test_what_the_installers_say_stays_off_stdout(checkout: Checkout) -> None:
    uv = (checkout.machine / "bin" / "uv").readlink()
    checkout.tool("uv", f"echo noise\nexec '{uv}' \"$@\"")
    assert checkout.run().heard["tiny"] == "1.0"


def test_the_environment_is_the_checkouts_own(checkout: Checkout) -> None:
    assert checkout.run().heard["prefix"] == str(checkout.root / ".venv")


def test_from_any_folder_and_the_folder_stays(checkout: Checkout, tmp_path: Path) -> None:
    elsewhere = tmp_path / "else where"
    elsewhere.mkdir()
    assert checkout.run(cwd=elsewhere).heard["cwd"] == str(elsewhere)


@pytest.mark.parametrize("typed", ["./inv", "inv", "../it's a clone/inv"])
def test_by_any_spelling(checkout: Checkout, typed: str) -> None:
    assert checkout.run("x", via=("sh", typed)).heard["argv"] == ["x"]


def test_through_links_relative_and_absolute(checkout: Checkout, tmp_path: Path) -> None:
    absolute, relative = tmp_path / "absolute", tmp_path / "a folder" / "relative"
    relative.parent.mkdir()
    absolute.symlink_to(checkout.root / "inv")
    relative.symlink_to(Path("..") / "absolute")
    assert checkout.run(via=(str(relative),)).heard["prefix"] == str(checkout.root / ".venv")
    assert checkout.run(via=("./relative",), cwd=relative.parent).err == ""
    assert checkout.run(via=("sh", "relative"), cwd=relative.parent).err == ""


def test_from_the_path(checkout: Checkout, tmp_path: Path) -> None:
    checkout.link("inv", checkout.root / "inv")
    assert checkout.run("x", via=("env", "inv"), cwd=tmp_path).heard["argv"] == ["x"]


@pytest.mark.parametrize(
    "shell",
    [
        pytest.param(("bash", "--posix"), marks=pytest.mark.needs("bash")),
        pytest.param(("busybox", "sh"), marks=pytest.mark.needs("busybox")),
        pytest.param(("dash",), marks=pytest.mark.needs("dash")),
    ],
    ids="-".join,
)
def test_in_every_shell(checkout: Checkout, shell: tuple[str, ...]) -> None:
    found = shutil.which(shell[0])
    assert found
    checkout.link(shell[0], Path(found))
    assert checkout.run(*HOSTILE, via=(*shell, str(checkout.root / "inv"))).heard["argv"] == list(HOSTILE)


def test_only_provide(checkout: Checkout) -> None:
    checkout.lock("2.0", "app/requirements.txt")
    answer = checkout.run("--provide", "app/.venv", "app/requirements.txt", cwd=checkout.root.parent)
    assert (answer.code, answer.out) == (0, "")
    assert (checkout.root / "app/.venv/bin/tiny").exists()
    assert not (checkout.root / ".venv").exists()
    assert checkout.run("--provide", "app/.venv", "app/requirements.txt").err == ""


def test_provide_refuses_what_it_cannot_read(checkout: Checkout) -> None:
    assert checkout.run("--provide", "x").code == 2
    answer = checkout.run("--provide", "x", "absent.txt")
    assert answer.code == 2
    assert "absent.txt" in answer.err
    assert not (checkout.root / "x").exists()


def test_the_real_wrapper_is_executable() -> None:
    assert (ROOT / "inv").stat().st_mode & 0o111 == 0o111


@pytest.mark.needs("shellcheck")
@pytest.mark.parametrize("script", ["inv", ".ci/run"])
def test_it_is_clean_posix_sh(script: str) -> None:
    done = subprocess.run(["shellcheck", "--shell=sh", ROOT / script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
