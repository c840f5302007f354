"""The wrapper provides: again only when the lock changed, healed when broken, refused with the command that helps."""

import fcntl
import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.wrapper.checkout import BASE_PYTHON, Answer, Checkout, Wait

SETTING_UP = "inv: setting up"


def refused(answer: Answer) -> str:
    """The words of a refusal: on stderr alone, from us, without a traceback."""
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err
    assert answer.err.splitlines()[-1].startswith("inv: ")
    return answer.err


class TestOnceProvided:
    def test_no_network_and_no_installer_is_needed(self, either_checkout: Checkout) -> None:
        either_checkout.run()
        for gone in ("uv", "python3"):
            (either_checkout.machine / "bin" / gone).unlink(missing_ok=True)
        (either_checkout.machine / "wheels").rename(either_checkout.machine / "away")
        answer = either_checkout.run()
        assert (answer.code, answer.err) == (0, "")

    def test_a_changed_lock_is_put_on_top(self, either_checkout: Checkout) -> None:
        either_checkout.run()
        mark = either_checkout.root / ".venv" / "mark"
        mark.touch()
        either_checkout.lock("2.0")
        assert either_checkout.run().heard["tiny"] == "2.0"
        assert mark.exists()
        assert either_checkout.run().err == ""

    def test_a_touched_lock_is_not_a_changed_one(self, checkout: Checkout) -> None:
        checkout.run()
        checkout.lock("1.0")
        assert checkout.run().err == ""

    def test_the_dev_superset_satisfies_both(self, checkout: Checkout) -> None:
        checkout.lock("1.0", "requirements-dev.txt").open("a").write("# and more\n")
        dev = ("--provide", ".venv", "requirements-dev.txt")
        assert SETTING_UP in checkout.run().err
        assert SETTING_UP in checkout.run(*dev).err
        assert [checkout.run().err, checkout.run(*dev).err, checkout.run().err] == ["", "", ""]

    def test_a_stale_superset_satisfies_nothing(self, checkout: Checkout) -> None:
        checkout.lock("1.0", "requirements-dev.txt")
        checkout.run("--provide", ".venv", "requirements-dev.txt")
        checkout.lock("2.0")
        checkout.lock("2.0", "requirements-dev.txt")
        assert checkout.run().heard["tiny"] == "2.0"

    def test_a_moved_checkout_is_made_anew(self, checkout: Checkout) -> None:
        checkout.run()
        checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
        assert SETTING_UP in checkout.run().err
        command = subprocess.run([checkout.root / ".venv/bin/tiny"], capture_output=True, text=True, check=True)
        assert command.stdout == "1.0\n"

    def test_it_is_bound_to_a_python_by_its_full_name(self, either_checkout: Checkout) -> None:
        either_checkout.run()
        python = either_checkout.root / ".venv/bin/python"
        while python.is_symlink():
            python = python.parent / python.readlink()
            movable = python.is_relative_to(either_checkout.machine)
            assert not movable, f"an upgrade may lead {python} to another version, and break this unseen"
        assert python == BASE_PYTHON

    def test_a_python_that_is_gone_is_replaced(self, checkout: Checkout) -> None:
        checkout.run()
        python = checkout.root / ".venv/bin/python"
        python.unlink()
        python.symlink_to("/nowhere/python3.11")
        assert SETTING_UP in checkout.run().err

    def test_a_uv_environment_is_made_anew_by_pip_when_uv_is_gone(self, checkout: Checkout) -> None:
        checkout.run()
        (checkout.machine / "bin/uv").unlink()
        checkout.lock("2.0")
        assert checkout.run().heard["tiny"] == "2.0"

    def test_the_callers_pythonpath_hides_nothing(self, pip_checkout: Checkout) -> None:
        claimed = pip_checkout.machine / "claimed"
        (claimed / "tiny-1.0.dist-info").mkdir(parents=True)
        (claimed / "tiny-1.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        pip_checkout.extra["PYTHONPATH"] = str(claimed)
        assert pip_checkout.run().code == 0
        assert (pip_checkout.root / ".venv/bin/tiny").exists()


class TestInterrupted:
    # What is there of the environment at the moment of the kill.
    @pytest.mark.parametrize("moment", [".venv", ".venv/bin/python", ".venv/lib/*/site-packages/pip/__init__.py"])
    def test_a_set_up_killed_with_its_children_heals(
        self, pip_checkout: Checkout, wait_until: Wait, moment: str
    ) -> None:
        killed = pip_checkout.start()
        wait_until(lambda: list(pip_checkout.root.glob(moment)))
        os.killpg(killed.pid, signal.SIGKILL)
        killed.communicate()
        assert not (pip_checkout.root / ".venv/lock").exists(), "the kill came too late to mean anything"
        answer = pip_checkout.run()
        assert answer.heard["tiny"] == "1.0"
        assert SETTING_UP in answer.err

    def test_the_orphans_of_a_killed_set_up_are_waited_for(self, pip_checkout: Checkout, wait_until: Wait) -> None:
        killed = pip_checkout.start()
        wait_until((pip_checkout.root / ".venv/bin/python").exists)
        os.kill(killed.pid, signal.SIGKILL)
        answer = pip_checkout.run()
        killed.communicate()
        assert "waiting for it" in answer.err
        assert answer.heard["tiny"] == "1.0"

    def test_a_half_written_package_is_not_trusted(self, checkout: Checkout) -> None:
        checkout.run()
        (checkout.root / ".venv/lock").unlink()
        for module in (checkout.root / ".venv").glob("lib/*/site-packages/tiny.py"):
            module.unlink()  # uv links it from its cache
            module.write_text("half a modu")
        checkout.run()
        command = subprocess.run([checkout.root / ".venv/bin/tiny"], capture_output=True, text=True, check=True)
        assert command.stdout == "1.0\n"


class TestTogether:
    def test_of_two_at_once_one_sets_up_and_one_waits(self, pip_checkout: Checkout) -> None:
        both = [pip_checkout.start(str(number)) for number in range(2)]
        answers = [Answer(process.wait(60), *process.communicate()) for process in both]
        assert [answer.heard["argv"] for answer in answers] == [["0"], ["1"]]
        said = "".join(answer.err for answer in answers)
        assert said.count(SETTING_UP) == 1
        assert said.count("waiting for it") == 1

    def test_the_wait_has_an_end(self, checkout: Checkout) -> None:
        wrapper = checkout.root / "inv"
        shortened = wrapper.read_text().replace("signal.alarm(600)", "signal.alarm(1)")
        assert shortened != wrapper.read_text()
        wrapper.write_text(shortened)
        with (checkout.root / ".venv.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            words = refused(checkout.run())
        assert "another ./inv has been setting up" in words
        assert checkout.run().code == 0


class TestRefused:
    def test_without_ensurepip_it_names_the_one_command(self, bare_checkout: Checkout) -> None:
        # Debian's python3 without python3-venv.
        real = f"exec '{BASE_PYTHON}' \"$@\""
        bare_checkout.tool(
            "python3", f'case "$3" in *ensurepip*) exit 1 ;; *realpath*) echo "$0"; exit ;; esac\n{real}'
        )
        words = refused(bare_checkout.run())
        assert re.search(r"Type: sudo apt-get install -y python3\S*-venv$", words.strip())
        assert not (bare_checkout.root / ".venv").exists()

    @pytest.mark.parametrize("version", ["3.10.13", "2.7.18", "3.15.0"])
    def test_an_unsupported_python_is_named(self, bare_checkout: Checkout, version: str) -> None:
        bare_checkout.tool("python3", f'case $1 in --version) echo "Python {version}" ;; *) exit 1 ;; esac')
        words = refused(bare_checkout.run())
        assert "Python 3.11 to 3.14 is needed" in words
        assert version in words

    def test_no_python_at_all(self, bare_checkout: Checkout) -> None:
        assert "apt-get install -y python3 python3-venv" in refused(bare_checkout.run())

    @pytest.mark.parametrize("name", ["python3.11", "python3.12", "python3.13", "python3.14"])
    def test_a_newer_python_beside_an_old_one_is_found(self, checkout: Checkout, name: str) -> None:
        checkout.tool("python3", "exit 1")
        checkout.link(name, BASE_PYTHON)
        assert checkout.run().code == 0

    def test_a_uv_that_does_not_run_is_passed_over(self, pip_checkout: Checkout) -> None:
        pip_checkout.tool("uv", "exit 127")
        assert "with pip" in pip_checkout.run().err

    def test_what_the_lock_does_not_vouch_for(self, either_checkout: Checkout, tmp_path: Path) -> None:
        either_checkout.run()
        wheel, lock, built = either_checkout.wheel("2.0"), either_checkout.lock("2.0"), tmp_path / "built"
        lock.write_text("tiny==2.0\n")
        assert "could not set up" in refused(either_checkout.run()), "no hash"
        either_checkout.lock("2.0")
        wheel.write_bytes(wheel.read_bytes() + b"\0")
        assert "could not set up" in refused(either_checkout.run()), "another hash"
        wheel.unlink()
        assert "could not set up" in refused(either_checkout.run()), "no wheel"
        either_checkout.lock("2.0", package=either_checkout.source("2.0", mark=built))
        assert "could not set up" in refused(either_checkout.run()), "only a source"
        assert not built.exists()
        # And all the while the former environment is as it was.
        either_checkout.lock("1.0")
        answer = either_checkout.run()
        assert (answer.heard["tiny"], answer.err) == ("1.0", "")

    def test_a_first_set_up_that_failed_is_begun_anew(self, checkout: Checkout) -> None:
        checkout.wheel("1.0").unlink()
        refused(checkout.run())
        checkout.lock("1.0")
        assert checkout.run().heard["tiny"] == "1.0"

    def test_a_disk_that_cannot_lock(self, bare_checkout: Checkout) -> None:
        # As on some network file systems: flock fails, and not because somebody holds it.
        refusing = "import fcntl\ndef flock(*_): raise OSError(95, 'not supported')\nfcntl.flock = flock"
        bare_checkout.tool(
            "python3",
            f"""case "$3" in
*realpath*) echo "$0" ;;
*) exec '{BASE_PYTHON}' -I -c "{refusing}
$3" "$4" ;;
esac""",
        )
        assert "cannot be locked" in refused(bare_checkout.run())

    def test_a_folder_that_cannot_be_written(self, checkout: Checkout) -> None:
        # A read-only folder means nothing to root; a name that leads nowhere does.
        (checkout.root / ".venv.lock").symlink_to(Path("/nowhere/at/all"))
        assert "cannot write" in refused(checkout.run())
