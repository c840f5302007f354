"""Commands on this machine, under every sh: how they end, what is said of it, and what is left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine.inventory.host import Host
from engine.reach.local import LocalReach
from engine.reach.place import Command, Place, Stop, Stream
from incidents.secret import Secret

from ..conftest import Heard

TOKEN = {"token": Secret("token", "hunter22")}


def open_descriptors() -> set[str]:
    return {path.name for path in Path("/proc/self/fd").iterdir()}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False


def test_output_exit_and_digests(shell: str, local: Place, heard: Heard) -> None:
    done = local.run(Command("echo one; echo two >&2; exit 3"), heard)
    assert (done.ended, done.exit, done.message) == ("exited", 3, "")
    assert (heard.all("out"), heard.all("err")) == (b"one\n", b"two\n")
    assert (done.out.text, done.out.length) == ("one\n", 4)
    assert done.out.sha256 == "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806"


def test_it_runs_in_the_home_folder_with_a_clean_environment(
    shell: str, local: Place, heard: Heard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PROBE_TOKEN", "hunter22")
    monkeypatch.setenv("LC_TIME", "C")
    local.run(Command("pwd; env"), heard)
    first, _, environment = heard.all("out").decode().partition("\n")
    assert Path(first) == tmp_path
    assert "LC_TIME=C" in environment
    assert "hunter22" not in environment


def test_it_has_a_session_of_its_own(local: Place, heard: Heard) -> None:
    local.run(Command("exec python3 -c 'import os; print(os.getsid(0), os.getpgrp(), os.getpid())'"), heard)
    session, group, pid = map(int, heard.all("out").split())
    assert session == group == pid != os.getsid(0)


def test_a_timeout_ends_the_whole_group_with_term(shell: str, local: Place, heard: Heard) -> None:
    began = time.monotonic()
    script = "sleep 300 & echo $!; (sleep 300; true) & echo $$; wait"
    done = local.run(Command(script, timeout=0.5), heard)
    assert (done.ended, done.exit) == ("timed_out", None)
    assert "stopped after 0.5 s; its group was seen gone after TERM" in done.message
    assert time.monotonic() - began < 5
    assert not [pid for pid in map(int, heard.all("out").split()) if is_alive(pid)]


def test_what_ignores_term_is_killed_after_its_grace_and_its_secrets_are_swept(
    shell: str, local: Place, heard: Heard, gone: object
) -> None:
    script = "trap '' TERM; echo \"$token_file\"; while :; do sleep 0.05; done"
    done = local.run(Command(script, secrets=TOKEN, timeout=0.5, stop=Stop("TERM", 0.3)), heard)
    assert done.ended == "timed_out"
    assert "seen gone after KILL" in done.message
    assert not Path(heard.all("out").decode().strip()).parent.exists()


def test_another_signal_can_end_it_and_its_last_words_are_heard(shell: str, local: Place, heard: Heard) -> None:
    script = "trap 'echo saved; exit' INT; echo ready; while :; do sleep 0.05; done"
    done = local.run(Command(script, timeout=0.5, stop=Stop("INT", 5)), heard)
    assert done.ended == "timed_out"
    assert heard.all("out") == b"ready\nsaved\n"
    assert "after INT" in done.message


def test_what_left_the_group_is_named_and_left_alone(shell: str, local: Place, heard: Heard) -> None:
    done = local.run(Command("setsid sleep 4 >/dev/null 2>&1 & sleep 300", timeout=0.5), heard)
    assert "seen gone after TERM" in done.message
    assert "left its group and still runs:" in done.message
    pid = int(done.message.rpartition("runs: ")[2].split()[0])
    assert is_alive(pid)
    os.kill(pid, signal.SIGTERM)


def test_a_background_process_that_holds_the_output_does_not_hang_the_step(
    shell: str, local: Place, heard: Heard
) -> None:
    began = time.monotonic()
    done = local.run(Command("sleep 3 & echo $!; exit 4", timeout=60), heard)
    assert (done.ended, done.exit) == ("exited", 4)
    assert "holds its output open" in done.message
    assert time.monotonic() - began < 2.9
    os.kill(int(heard.all("out")), signal.SIGTERM)


def test_a_background_process_with_its_own_output_is_nothing_to_mention(shell: str, local: Place, heard: Heard) -> None:
    done = local.run(Command("sleep 3 >/dev/null 2>&1 & echo $!"), heard)
    assert (done.ended, done.exit, done.message) == ("exited", 0, "")
    assert is_alive(int(heard.all("out")))
    os.kill(int(heard.all("out")), signal.SIGTERM)


def test_stop_from_another_thread_ends_every_command_of_the_place(shell: str, local: Place) -> None:
    ended: list[str] = []
    began = threading.Barrier(3)

    def run() -> None:
        def sink(_stream: Stream, _data: bytes) -> None:
            began.wait(10)

        done = local.run(Command("echo started; sleep 300"), sink)
        ended.append(f"{done.ended}: {done.message}")

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    began.wait(10)
    local.stop()
    for thread in threads:
        thread.join(10)
    assert ended == ["stopped: stopped on request; its group was seen gone after TERM"] * 2


def test_stop_with_nothing_running_changes_nothing(local: Place, heard: Heard) -> None:
    local.stop()
    assert local.run(Command("true"), heard).exit == 0


def test_death_by_signal_counts_as_in_a_shell(shell: str, local: Place, heard: Heard) -> None:
    done = local.run(Command("kill -KILL $$"), heard)
    assert (done.ended, done.exit, done.message) == ("exited", 137, "ended by SIGKILL")


def test_what_cannot_be_sent_is_refused_before_anything_starts(local: Place, heard: Heard) -> None:
    done = local.run(Command("true", variables={"value": "\0"}), heard)
    assert (done.ended, done.exit) == ("refused", None)
    assert "NUL" in done.message


def test_without_a_shell_it_is_unreachable(local: Place, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    done = local.run(Command("true"), heard)
    assert done.ended == "unreachable"
    assert "no process could be started here" in done.message


def test_secrets_with_no_private_folder_are_refused_by_name(
    shell: str, local: Place, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.reach.edge.PRIVATE_ROOTS", '"/proc/nowhere" "" "relative"')
    done = local.run(Command("echo NEVER", secrets=TOKEN), heard)
    assert (done.ended, done.exit) == ("exited", 73)
    assert b"private folder" in heard.all("err")
    assert heard.all("out") == b""


def test_a_full_folder_is_passed_over_for_the_next(
    shell: str, local: Place, heard: Heard, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    full, free = tmp_path / "full", tmp_path / "free"
    full.write_text("a file, not a folder")
    free.mkdir()
    monkeypatch.setattr("engine.reach.edge.PRIVATE_ROOTS", f'"{full}" "{free}"')
    done = local.run(Command('echo "$token_file"; cat "$token_file"', secrets=TOKEN), heard)
    assert done.exit == 0
    assert heard.all("out").startswith(str(free).encode())
    assert not list(free.iterdir())


def test_term_from_outside_removes_the_secrets_too(shell: str, local: Place, heard: Heard, gone: object) -> None:
    done = local.run(Command("kill -TERM 0; sleep 5", secrets=TOKEN), heard)
    assert (done.ended, done.exit) == ("exited", 143)


def test_a_sink_that_fails_ends_the_command_and_is_heard(local: Place) -> None:
    pids = []

    def full(_stream: Stream, data: bytes) -> None:
        pids.append(int(data))
        raise RuntimeError("the ledger is full")

    with pytest.raises(RuntimeError, match="ledger is full"):
        local.run(Command("echo $$; exec sleep 300"), full)
    assert not is_alive(pids[0])


def test_a_flood_without_newlines_is_linear_and_still_ends_in_time(local: Place) -> None:
    count = 0

    def sink(_stream: Stream, data: bytes) -> None:
        nonlocal count
        count += len(data)

    began = time.monotonic()
    done = local.run(Command("exec tr '\\0' x </dev/zero", timeout=1.0), sink)
    assert done.ended == "timed_out"
    assert time.monotonic() - began < 5
    assert count == done.out.length > 10_000_000
    assert len(done.out.tail) <= 256 * 1024


def test_nothing_is_left_open_or_running(local: Place, heard: Heard) -> None:
    local.run(Command("true"), heard)
    before = open_descriptors()
    for _ in range(20):
        local.run(Command("true", secrets=TOKEN), heard)
    local.run(Command("sleep 300", timeout=0.2), heard)
    assert open_descriptors() == before
    assert not [thread for thread in threading.enumerate() if thread.name in ("ending", "exit-watch")]
    children = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "comm="], capture_output=True, check=False)
    assert b"sh\n" not in children.stdout


def test_ctrl_c_reaches_the_controller_and_the_command_is_ended_before_it_goes(tmp_path: Path) -> None:
    program = f"""
import sys
from engine.inventory.host import Host
from engine.reach.local import LocalReach
from engine.reach.place import Command

def sink(stream, data):
    with open({str(tmp_path / "pid")!r}, "wb") as file:
        file.write(data)

try:
    LocalReach().place(Host("local")).run(Command("echo $$; exec sleep 300"), sink)
except KeyboardInterrupt:
    sys.exit(130)
"""
    process = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)
    deadline = time.monotonic() + 20
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(20) == 130
    assert not is_alive(int((tmp_path / "pid").read_text()))


def test_facts_name_this_boot_and_this_machine_and_are_asked_once(shell: str, local: Place) -> None:
    facts = local.facts()
    assert facts.boot_id == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert facts.machine_id == Path("/etc/machine-id").read_text().strip()
    assert facts.clock_offset == 0.0
    assert local.facts() is not None


def test_two_host_names_have_two_places_kept_by_their_reach() -> None:
    reach = LocalReach()
    assert reach.place(Host("a")) is reach.place(Host("a"))
    assert reach.place(Host("a")) is not reach.place(Host("b"))
