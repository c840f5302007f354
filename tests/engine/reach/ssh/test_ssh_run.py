"""Commands over a real sshd, under every login shell: the same promises as on this machine."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from engine.reach.place import Become, Command, Place, Stop, Stream
from engine.reach.ssh.keys import KnownHosts
from engine.reach.ssh.reach import SshReach
from incidents.secret import Secret

from ..conftest import Heard
from ..test_edge import DANGEROUS, HOSTILE, TEXT
from .conftest import Start, trust

pytestmark = pytest.mark.needs("sshd", "root")
TOKEN = {"token": Secret("token", "hunter22")}


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False


def test_output_exit_and_digests(any_shell: Place, heard: Heard) -> None:
    done = any_shell.run(Command("echo one; echo two >&2; exit 3"), heard)
    assert (done.ended, done.exit, done.message) == ("exited", 3, "")
    assert (heard.all("out"), heard.all("err")) == (b"one\n", b"two\n")
    assert done.out.sha256 == "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806"


@pytest.mark.needs("sudo")
@pytest.mark.parametrize("become", [None, Become("nobody")])
def test_hostile_values_and_secrets_arrive_byte_for_byte(any_shell: Place, become: Become | None) -> None:
    for value in [*HOSTILE, "x" * 100_000, "'" * 100_000]:
        heard = Heard()
        held = {"token": Secret("token", value)}
        script = 'printf %s "$value"; cat "$token_file" >&2'
        done = any_shell.run(Command(script, variables={"value": value}, secrets=held, become=become), heard)
        assert done.exit == 0, done
        assert heard.all("out") == heard.all("err") == value.encode()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=TEXT | DANGEROUS)
def test_any_value_arrives_byte_for_byte(any_shell: Place, value: str) -> None:
    heard = Heard()
    assert any_shell.run(Command('printf %s "$value"', variables={"value": value}), heard).exit == 0
    assert heard.all("out") == value.encode()


def test_a_timeout_ends_the_group_on_the_host(any_shell: Place, heard: Heard) -> None:
    began = time.monotonic()
    done = any_shell.run(Command("sleep 300 & echo $!; sleep 300", timeout=1.0), heard)
    assert done.ended == "timed_out"
    assert "its group was seen gone after TERM" in done.message
    assert "left its group" not in done.message
    assert not is_alive(int(heard.all("out")))
    assert time.monotonic() - began < 8


def test_what_ignores_term_is_killed_and_its_secrets_are_swept(any_shell: Place, heard: Heard) -> None:
    script = "trap '' TERM; echo \"$token_file\"; while :; do sleep 0.05; done"
    done = any_shell.run(Command(script, secrets=TOKEN, timeout=1.0, stop=Stop("TERM", 0.3)), heard)
    assert "seen gone after KILL" in done.message
    assert not Path(heard.all("out").decode().strip()).parent.exists()


def test_stop_from_another_thread(web: Place, heard: Heard) -> None:
    def sink(_stream: Stream, _data: bytes) -> None:
        threading.Thread(target=web.stop).start()

    done = web.run(Command("echo started; sleep 300"), sink)
    assert (done.ended, done.message) == ("stopped", "stopped on request; its group was seen gone after TERM")


def test_a_background_process_that_holds_the_output_does_not_hang_the_step(web: Place, heard: Heard) -> None:
    began = time.monotonic()
    done = web.run(Command("sleep 5 & echo x; exit 4"), heard)
    assert (done.ended, done.exit) == ("exited", 4)
    assert "holds its output open" in done.message
    assert time.monotonic() - began < 4.5


def test_death_by_signal_has_no_status_and_is_unknown(web: Place, heard: Heard) -> None:
    done = web.run(Command("kill -KILL $$"), heard)
    assert (done.ended, done.exit) == ("unknown", None)


def test_a_flood_comes_whole_and_in_order(web: Place) -> None:
    count = 0

    def sink(_stream: Stream, data: bytes) -> None:
        nonlocal count
        count += data.count(b"\n")

    done = web.run(Command("seq 1 2000000"), sink)
    assert (done.exit, count, done.out.length) == (0, 2_000_000, 14_888_896)
    assert done.out.tail.endswith(b"\n1999999\n2000000\n")


def test_many_commands_at_once_on_one_connection(web: Place) -> None:
    ends: list[tuple[int | None, bytes]] = []

    def run(number: int) -> None:
        heard = Heard()
        done = web.run(Command(f"sleep 0.2; echo {number}; exit {number}"), heard)
        ends.append((done.exit, heard.all("out")))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(ends, key=str) == [(number, f"{number}\n".encode()) for number in range(8)]


def test_many_hosts_are_opened_at_once(start: Start, known: KnownHosts, reach: SshReach) -> None:
    server = start()
    trust(known, server)
    hosts = [server.host(f"web-{number}") for number in range(40)]
    with ThreadPoolExecutor(20) as pool:
        ends = list(pool.map(lambda host: reach.place(host).run(Command("exit 3"), Heard()), hosts))
    assert [done.exit for done in ends] == [3] * 40, ends


def test_one_connection_is_kept_and_channels_are_opened_ahead(web: Place, heard: Heard) -> None:
    for _ in range(3):
        web.run(Command('echo "$SSH_CONNECTION"'), heard)
    assert len(set(heard.all("out").splitlines())) == 1


def test_a_host_with_one_session_works_and_can_still_be_stopped(
    start: Start, known: KnownHosts, reach: SshReach, heard: Heard
) -> None:
    server = start(options=["MaxSessions 1"])
    trust(known, server)
    place = reach.place(server.host("web"))
    for number in range(10):
        assert place.run(Command(f"exit {number}"), heard).exit == number
    done = place.run(Command("sleep 300", timeout=0.5), heard)
    assert (done.ended, done.message) == ("timed_out", "stopped after 0.5 s; its group was seen gone after TERM")


def test_a_server_that_goes_away_is_unknown_in_the_act_and_unreachable_after(
    start: Start, known: KnownHosts, reach: SshReach, heard: Heard
) -> None:
    server = start()
    trust(known, server)
    place = reach.place(server.host("web"))
    assert place.run(Command("true"), heard).exit == 0
    threading.Timer(0.5, server.stop).start()
    done = place.run(Command("sleep 20"), heard)
    assert done.ended == "unknown"
    assert "lost" in done.message
    assert place.run(Command("true"), heard).ended == "unreachable"
    server.start()
    assert place.run(Command("true"), heard).exit == 0


def test_a_login_shell_that_takes_nothing_is_unreachable_with_its_words(
    start: Start, known: KnownHosts, reach: SshReach, heard: Heard
) -> None:
    server = start(options=["ForceCommand echo This account is closed; exit 1"])
    trust(known, server)
    done = reach.place(server.host("web")).run(Command("echo NEVER"), heard)
    assert done.ended == "unreachable"
    assert "This account is closed" in done.message
    assert not heard.pieces


def test_a_step_given_up_before_it_began_is_never_called_gone(
    start: Start, known: KnownHosts, reach: SshReach, heard: Heard
) -> None:
    server = start(options=['ForceCommand sleep 2; exec sh -c "$SSH_ORIGINAL_COMMAND"'])
    trust(known, server)
    done = reach.place(server.host("web")).run(Command("sleep 1", timeout=1.0), heard)
    assert done.ended == "timed_out"
    assert "may still begin" in done.message
    assert "unproven" in done.message


def test_what_a_login_shell_says_is_no_output(start: Start, known: KnownHosts, reach: SshReach, heard: Heard) -> None:
    server = start(options=['ForceCommand echo Welcome; echo motd >&2; exec sh -c "$SSH_ORIGINAL_COMMAND"'])
    trust(known, server)
    done = reach.place(server.host("web")).run(Command("echo out; echo err >&2"), heard)
    assert (done.exit, heard.all("out"), heard.all("err")) == (0, b"out\n", b"err\n")


@pytest.mark.needs("sudo")
def test_a_refusing_sudo_is_a_refusal_in_under_a_second(web: Place, heard: Heard) -> None:
    web.run(Command("true"), heard)
    done = web.run(Command("echo NEVER", become=Become("nobody-at-all")), heard)
    assert done.ended == "refused"
    assert "nobody-at-all" in done.message
    assert done.seconds < 1


def test_nothing_of_params_or_secrets_is_ever_in_ps_or_a_strange_environment(any_shell: Place, heard: Heard) -> None:
    """Samples every process's argv and environment while steps run; only the step itself may show the param."""
    seen: list[str] = []
    done = threading.Event()

    def sample() -> None:
        while not done.is_set():
            for process in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        data = (process / name).read_bytes()
                    except OSError:
                        continue
                    if b"hunter22" in data or (
                        b"v4lue" in data and (name == "cmdline" or b"WATCHBOOK_ACT" not in data)
                    ):
                        seen.append(f"{process.name} {name}: {data[:200]!r}")

    sampler = threading.Thread(target=sample)
    sampler.start()
    command = Command('cat "$token_file" >/dev/null; sleep 0.1', variables={"value": "v4lue"}, secrets=TOKEN)
    try:
        for become in (None, Become("nobody"), None):
            assert any_shell.run(Command(command.script, "", command.variables, TOKEN, become), heard).exit == 0
    finally:
        done.set()
        sampler.join()
    assert not seen


def test_facts(web: Place) -> None:
    facts = web.facts()
    assert facts.boot_id == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert facts.clock_offset is not None
    assert abs(facts.clock_offset) < 2


def test_a_host_that_floods_does_not_hold_up_its_neighbour(start: Start, known: KnownHosts, reach: SshReach) -> None:
    server, other = start("a"), start("b")
    trust(known, server)
    trust(known, other)
    quick, busy = reach.place(server.host("a")), reach.place(other.host("b"))
    flood = threading.Thread(target=lambda: busy.run(Command("yes", timeout=3), lambda _stream, _data: None))
    flood.start()
    ends = [quick.run(Command("true", timeout=5), Heard()).exit for _ in range(20)]
    flood.join(30)
    assert not flood.is_alive()
    assert ends == [0] * 20
