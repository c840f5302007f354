"""`inv dev.*`: what it asks, installs, checks and locks on a made-up machine: apt-get is played, sh and uv are real."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from invoke.context import Context

from console.terminal.parts import Part
from console.terminal.task import Told
from console.terminal.tasks import dev
from tests.house.test_locks import dev_lock_holds_the_others, locks_agree
from tests.wrapper.checkout import Checkout

# Says what services it may start, and does what it was told to.
APT_GET = """#!/bin/sh
echo "$* policy=$("$POLICY" 2>/dev/null; echo $?)" >>"$LOG"
case $1 in install) eval "$PLAY" ;; esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with `bin/apt-get` first on the PATH, `log` of its calls, and `policy-rc.d` for the real one's place."""
    command = tmp_path / "bin" / "apt-get"
    command.parent.mkdir()
    command.write_text(APT_GET)
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    for name, value in {"LOG": tmp_path / "log", "POLICY": tmp_path / "policy-rc.d", "PLAY": "true"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(dev, "POLICY", str(tmp_path / "policy-rc.d"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


@pytest.fixture
def lacking(machine: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A test needs `db`, which is not here until the file that is returned exists."""
    here = machine / "db is here"
    monkeypatch.setattr(dev, "PARTS", {"db": Part(("db-server", "db-client"), here.exists)})
    monkeypatch.setattr(dev, "named_in", lambda _: {"db"})
    monkeypatch.setenv("PLAY", f"touch '{here}'")
    return here


def ended(task: object, **flags: object) -> tuple[int, str]:
    """The exit code of a task and what its end said."""
    try:
        task(Context(), **flags)  # type: ignore[operator]
    except Told as told:
        return int(told.code), str(told.message or "")
    return 0, ""


class TestSetup:
    def test_it_installs_what_tests_name_without_starting_services(self, lacking: Path, machine: Path) -> None:
        assert ended(dev.setup, yes=True) == (0, "")
        update, install = (machine / "log").read_text().splitlines()
        assert update.startswith("update ")
        assert install.endswith("db-server db-client policy=101")
        assert not (machine / "policy-rc.d").exists()

    def test_it_leaves_a_complete_machine_alone(
        self, lacking: Path, machine: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lacking.touch()
        assert ended(dev.setup) == (0, "")
        assert "Nothing to install." in capsys.readouterr().err
        assert not (machine / "log").exists()

    def test_without_a_terminal_it_exits_4_with_the_command(
        self, lacking: Path, machine: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
        code, said = ended(dev.setup)
        assert code == 4
        assert "./inv dev.setup --yes" in said
        assert "db: db-server db-client" in capsys.readouterr().err
        assert not (machine / "log").exists()

    @pytest.mark.parametrize(("answer", "code"), [("y", 0), ("Yes ", 0), ("", 3), ("n", 3), ("nonsense", 3)])
    def test_on_a_terminal_it_asks(
        self, lacking: Path, machine: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
    ) -> None:
        monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda _: answer)
        assert ended(dev.setup)[0] == code
        assert (machine / "log").exists() == (code == 0)

    def test_an_ordinary_user_asks_sudo(self, lacking: Path, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        sudo = machine / "bin" / "sudo"
        sudo.write_text('#!/bin/sh\necho sudo >>"$LOG"\nexec "$@"\n')
        sudo.chmod(0o755)
        assert ended(dev.setup, yes=True)[0] == 0
        assert (machine / "log").read_text().startswith("sudo\n")

    def test_a_failed_installation_says_so(self, lacking: Path, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLAY", "exit 100")
        code, said = ended(dev.setup, yes=True)
        assert code == 1
        assert "apt-get install db-server db-client" in said
        assert not (machine / "policy-rc.d").exists()

    def test_a_package_that_brought_nothing_is_no_success(self, lacking: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PLAY", "true")
        code, said = ended(dev.setup, yes=True)
        assert code == 1
        assert "still not found: db" in said

    def test_root_cannot_be_installed(
        self, machine: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(dev, "PARTS", {"root": Part((), lambda: False)})
        monkeypatch.setattr(dev, "named_in", lambda _: {"root"})
        assert ended(dev.setup, yes=True)[0] == 0
        assert "root: cannot be installed; run the tests as root" in capsys.readouterr().err

    def test_a_policy_of_the_machines_owner_stays(self, lacking: Path, machine: Path) -> None:
        policy = machine / "policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 104\n")
        policy.chmod(0o755)
        assert ended(dev.setup, yes=True)[0] == 0
        assert "policy=104" in (machine / "log").read_text()
        assert policy.read_text() == "#!/bin/sh\nexit 104\n"

    @pytest.mark.parametrize("signalled", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
    def test_an_interrupted_installation_leaves_no_policy_for_good(
        self, lacking: Path, machine: Path, monkeypatch: pytest.MonkeyPatch, signalled: signal.Signals
    ) -> None:
        monkeypatch.setenv("PLAY", "sleep 30")
        policy = machine / "policy-rc.d"
        process = subprocess.Popen(["sh", "-c", dev.INSTALL, "x", str(policy), "db"], start_new_session=True)
        deadline = time.monotonic() + 20
        while "install" not in ((machine / "log").read_text() if (machine / "log").exists() else ""):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.killpg(process.pid, signalled)
        assert process.wait(20) != 0
        monkeypatch.setenv("PLAY", f"touch '{lacking}'")
        assert policy.exists() == (signalled == signal.SIGKILL)
        assert ended(dev.setup, yes=True)[0] == 0
        assert not policy.exists()


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the environment's commands, with one that passes and one that fails."""
    folder = tmp_path / "commands"
    folder.mkdir()
    for name, script in {"good": "echo fine", "bad": "echo broken here; exit 3", "pytest": 'echo "$@"; exit 1'}.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    monkeypatch.setattr(dev, "development_python", lambda: folder / "python")
    return folder


class TestCheck:
    def test_one_line_a_check_and_the_output_of_what_failed(
        self, commands: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(dev, "CHECKS", {"first": ["bad"], "second": ["good", "x"]})
        assert ended(dev.check, static=True) == (1, "Failed: first.")
        said = capsys.readouterr().err.splitlines()
        assert [line.split()[:2] for line in said if line] == [
            ["FAILED", "first"],
            ["broken", "here"],
            ["ok", "second"],
        ]

    def test_the_tests_are_among_them_unless_left_out(
        self, commands: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(dev, "CHECKS", {"first": ["good"]})
        assert ended(dev.check, static=True)[0] == 0
        assert ended(dev.check, no_skips=True) == (1, "Failed: pytest.")
        assert "--no-skips" in capsys.readouterr().err


class TestLock:
    def test_all_locks_hold_one_version_though_one_asks_for_less(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        machine = Checkout(tmp_path, tmp_path / "machine", {})
        (machine.machine / "wheels").mkdir(parents=True)
        for version in ("1.0", "1.5", "2.0"):
            machine.wheel(version)
        (tmp_path / "app").mkdir()
        (tmp_path / "requirements.in").write_text("tiny\n")
        (tmp_path / "app/requirements.in").write_text("tiny<2\n")
        (tmp_path / "requirements-dev.in").write_text("-r requirements.in\n-r app/requirements.in\n")
        monkeypatch.setattr(dev, "ROOT", tmp_path)
        monkeypatch.setattr(dev, "development_python", lambda: Path(sys.executable))
        for name, value in machine.environment.items():
            if name.startswith("UV_"):
                monkeypatch.setenv(name, value)
        assert ended(dev.lock) == (0, "")
        assert locks_agree(tmp_path) == []
        assert dev_lock_holds_the_others(tmp_path) == []
        lock = (tmp_path / "requirements.txt").read_text()
        assert "tiny==1.5" in lock
        assert "./inv dev.lock" in lock
        assert str(tmp_path) not in lock

    def test_what_cannot_be_resolved_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(dev, "ROOT", tmp_path)
        monkeypatch.setattr(dev, "development_python", lambda: Path(sys.executable))
        assert ended(dev.lock) == (1, "requirements-dev.txt was not written; the lines above say why.")
