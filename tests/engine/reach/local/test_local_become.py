"""Commands as another user of this machine: everything arrives, the end is seen, a refusal is one."""

import functools
import subprocess

import pytest

from engine.reach.place import Become, Command, Place

from ..conftest import Heard
from .test_local_run import TOKEN, is_alive


@pytest.mark.needs("sudo", "root")
class TestBecome:
    def test_variables_and_secrets_survive_sudo(self, shell: str, local: Place, heard: Heard, gone: object) -> None:
        command = Command(
            'id -un; printf %s "$value"; cat "$token_file"; ls -l "$token_file" | cut -c1-10; readlink /proc/self/fd/0',
            variables={"value": "it's\n$(x)\n"},
            secrets=TOKEN,
            become=Become("nobody"),
        )
        done = local.run(command, heard)
        assert (done.ended, done.exit) == ("exited", 0)
        assert heard.all("out") == b"nobody\nit's\n$(x)\nhunter22-rw-------\n/dev/null\n"

    def test_the_exit_status_survives_sudo(self, shell: str, local: Place, heard: Heard) -> None:
        assert local.run(Command("exit 7", become=Become()), heard).exit == 7

    def test_a_timeout_ends_what_runs_as_another_user(self, shell: str, local: Place, heard: Heard) -> None:
        done = local.run(Command("echo $$; sleep 300", become=Become("nobody"), timeout=1.0), heard)
        assert done.ended == "timed_out"
        assert not is_alive(int(heard.all("out")))

    def test_a_user_who_is_not_there_is_a_refusal(self, shell: str, local: Place, heard: Heard) -> None:
        done = local.run(Command("echo NEVER", become=Become("nobody-at-all")), heard)
        assert done.ended == "refused"
        assert "nobody-at-all" in done.message
        assert heard.all("out") == b""


@pytest.mark.needs("sudo", "root")
def test_a_host_that_wants_a_password_says_so_in_under_a_second(
    local: Place, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_nobody = functools.partial(subprocess.Popen, user="nobody", group="nogroup")
    monkeypatch.setattr("engine.reach.local.runner.subprocess.Popen", as_nobody)
    monkeypatch.setenv("HOME", "/")
    done = local.run(Command("echo NEVER", become=Become()), heard)
    assert (done.ended, done.exit) == ("refused", None)
    assert "password is required" in done.message
    assert done.seconds < 1
    assert heard.all("out") == b""
