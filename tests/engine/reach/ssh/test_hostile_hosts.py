"""Hosts that fail in every way we know: each has a named outcome, in bounded time and memory."""

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paramiko
import pytest

from engine.inventory.host import Host
from engine.reach.place import Command, Completed, Place, Request, Stop, Stream
from engine.reach.ssh import connection, runner, shells
from engine.reach.ssh.keys import HostKey, KnownHosts
from engine.reach.ssh.reach import SshReach
from tests.support.hostile_ssh import (
    HostileServer,
    begin,
    chatter,
    data_beyond_the_window,
    for_ever,
    hang_up,
    silent,
    status,
    trickle,
)

from ..conftest import Heard

pytestmark = pytest.mark.needs("sshd")
Visit = Callable[[HostileServer], Place]
SHORT = Command("sleep 300", timeout=1.0, stop=Stop("TERM", 0.2))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same deadlines, shorter."""
    monkeypatch.setattr(connection, "CONNECT", 2.0)
    monkeypatch.setattr(connection, "OPEN_CHANNEL", 1.0)
    monkeypatch.setattr(shells, "AHEAD", 0.5)
    monkeypatch.setattr(runner, "TAKE_TEXT", 1.0)
    monkeypatch.setattr(runner, "ASK_AFTER", 1.0)
    monkeypatch.setattr(runner, "ANSWER_WITHIN", 1.0)
    monkeypatch.setattr("engine.reach.ending.PATIENCE", 2.0)


@pytest.fixture
def visit(reach: SshReach, known: KnownHosts, client_key: object) -> Iterator[Visit]:
    """A trusted place on a hostile server."""
    servers: list[HostileServer] = []

    def go(server: HostileServer) -> Place:
        servers.append(server)
        known.trust(HostKey.of(f"[127.0.0.1]:{server.port}", server.key), by="tests")
        return reach.place(Host(f"h{server.port}", "127.0.0.1", server.port, "root", str(client_key)))

    yield go
    for server in servers:
        server.stop()


def timed(place: Place, command: Command = SHORT, most: float = 9.0) -> Completed:
    began = time.monotonic()
    done = place.run(command, Heard())
    assert time.monotonic() - began < most, done
    return done


@pytest.mark.parametrize("greet", [silent, chatter, trickle, hang_up])
def test_what_never_speaks_ssh_is_unreachable(visit: Visit, greet: Callable[[socket.socket], None]) -> None:
    done = timed(visit(HostileServer(greet=greet)), most=5)
    assert (done.ended, done.exit) == ("unreachable", None)
    assert "SSH" in done.message


def test_a_login_that_is_never_answered_is_unreachable(visit: Visit) -> None:
    assert timed(visit(HostileServer(mute_login=True)), most=5).ended == "unreachable"


def test_a_host_that_freezes_after_login_is_unreachable(visit: Visit) -> None:
    done = timed(visit(HostileServer(sessions=0)), most=8)
    assert done.ended == "unreachable"
    assert "stopped answering" in done.message


def freeze(channel: paramiko.Channel, nonce: str) -> None:
    time.sleep(20)


def begin_and_freeze(channel: paramiko.Channel, nonce: str) -> None:
    begin(channel, nonce)
    time.sleep(20)


@pytest.mark.parametrize("behave", [freeze, begin_and_freeze])
def test_a_command_that_never_ends_is_timed_out_and_unproven(
    visit: Visit, behave: Callable[[paramiko.Channel, str], None]
) -> None:
    done = timed(visit(HostileServer(behave)))
    assert done.ended == "timed_out"
    assert "unproven" in done.message


def test_a_host_that_gives_no_sign_of_life_is_unknown_long_before_the_timeout(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        monkeypatch.setattr(paramiko.Transport, "_parse_global_request", lambda *_: None)
        table = dict(channel.get_transport()._handler_table)  # type: ignore[attr-defined]
        table[80] = lambda *_: None
        channel.get_transport()._handler_table = table  # type: ignore[attr-defined]
        time.sleep(20)

    done = timed(visit(HostileServer(deaf)), Command("sleep 300", timeout=60))
    assert done.ended == "unknown"
    assert "no sign of life" in done.message


def test_a_quiet_host_that_lives_is_waited_for(visit: Visit) -> None:
    def slow(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        time.sleep(4)
        channel.sendall(b"done\n")
        channel.send_exit_status(0)
        channel.close()

    done = timed(visit(HostileServer(slow)), Command("sleep 4", timeout=30))
    assert (done.ended, done.exit, done.out.tail) == ("exited", 0, b"done\n")


def test_a_connection_closed_in_the_act_is_unknown(visit: Visit) -> None:
    def close(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        channel.sendall(b"half a li")
        time.sleep(0.2)
        channel.get_transport().close()

    done = timed(visit(HostileServer(close)))
    assert (done.ended, done.exit, done.out.tail) == ("unknown", None, b"half a li")
    assert "nobody knows" in done.message


def test_a_channel_closed_without_a_status_is_unknown(visit: Visit) -> None:
    def close(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        channel.close()

    done = timed(visit(HostileServer(close)))
    assert (done.ended, done.exit) == ("unknown", None)


def test_a_refused_request_never_began(visit: Visit) -> None:
    def close(channel: paramiko.Channel, nonce: str) -> None:
        channel.sendall(b"This service allows sftp connections only.\n")
        channel.send_exit_status(1)
        channel.close()

    done = timed(visit(HostileServer(close)))
    assert done.ended == "unreachable"
    assert "sftp connections only" in done.message


def test_a_status_without_an_end_is_taken_after_a_moment(visit: Visit) -> None:
    def half(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        channel.sendall(b"all there is\n")
        status(channel, 7)
        time.sleep(20)

    done = timed(visit(HostileServer(half)), most=5)
    assert (done.ended, done.exit, done.out.tail) == ("exited", 7, b"all there is\n")


def test_output_after_the_status_is_still_heard(visit: Visit) -> None:
    def late(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        status(channel, 0)
        time.sleep(0.3)
        channel.sendall(b"late\n")
        channel.close()

    assert timed(visit(HostileServer(late))).out.tail == b"late\n"


def test_a_flood_without_newlines_ends_in_time_and_in_little_memory(visit: Visit) -> None:
    def flood(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        go_on = for_ever()
        while go_on():
            channel.sendall(b"x" * 32768)

    pieces: list[int] = []

    def sink(_stream: Stream, data: bytes) -> None:
        pieces.append(len(data))

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = visit(HostileServer(flood)).run(Command("yes", timeout=2.0, stop=SHORT.stop), sink)
    assert done.ended == "timed_out"
    assert done.out.length == sum(pieces) > 1_000_000
    assert max(pieces) <= 65536
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_a_flood_beyond_the_window_is_cut_off(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "MOST_UNREAD", 1 << 20)

    def flood(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        for _ in range(1000):
            data_beyond_the_window(channel, b"x" * 32768)
        time.sleep(20)

    def slow(_stream: Stream, _data: bytes) -> None:
        time.sleep(0.2)

    done = visit(HostileServer(flood)).run(Command("yes", timeout=30), slow)
    assert done.ended == "unknown"
    assert "more than it may" in done.message


def test_escape_codes_and_nul_bytes_arrive_as_the_bytes_they_are(visit: Visit) -> None:
    nasty = b"\x1b]0;owned\x07\x1b[2J\0\xff\xfe" + b"y" * 200_000 + b"\n"

    def paint(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        channel.sendall(nasty)
        channel.send_exit_status(0)
        channel.close()

    heard = Heard()
    done = visit(HostileServer(paint)).run(SHORT, heard)
    assert done.exit == 0
    assert heard.all("out") == nasty


def test_a_key_that_changes_between_connections_is_refused(visit: Visit) -> None:
    def close(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        channel.get_transport().close()

    server = HostileServer(close)
    place = visit(server)
    assert timed(place).ended == "unknown"
    server.key = paramiko.ECDSAKey.generate()
    done = timed(place)
    assert done.ended == "unreachable"
    assert "another key" in done.message


def test_http_and_files_end_in_time_too(visit: Visit, tmp_path: Path) -> None:
    place = visit(HostileServer(freeze))
    source = tmp_path / "source"
    source.write_text("x")
    began = time.monotonic()
    answer = place.http(Request("GET", "http://x/", timeout=0.5))
    assert (answer.status, answer.sent) == (0, True)
    assert place.put(source, "/tmp/x", mode=0o644, limit=10, timeout=1).problem
    assert place.get("/tmp/x", source, limit=10, timeout=1).problem
    assert time.monotonic() - began < 25


def test_a_host_that_does_not_take_the_whole_text_has_run_none_of_it(visit: Visit) -> None:
    command = Command("sleep 300", variables={"value": "x" * 100_000}, timeout=60)
    done = timed(visit(HostileServer(freeze, window=32768)), command, most=5)
    assert done.ended == "unreachable"
    assert "runs none" in done.message


@pytest.mark.parametrize("pause", [0.0, 0.5])
def test_a_host_that_ends_waiting_shells_is_asked_anew(visit: Visit, pause: float) -> None:
    def good(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        channel.send_exit_status(0)
        channel.close()

    place = visit(HostileServer(good, waits=0.2))
    for _ in range(4):
        assert timed(place).exit == 0
        time.sleep(pause)


def test_a_hostile_host_leaves_its_neighbours_alone(visit: Visit) -> None:
    def good(channel: paramiko.Channel, nonce: str) -> None:
        begin(channel, nonce)
        channel.send_exit_status(0)
        channel.close()

    bad, fine = visit(HostileServer(begin_and_freeze)), visit(HostileServer(good))
    thread = threading.Thread(target=lambda: bad.run(SHORT, Heard()))
    thread.start()
    assert all(timed(fine, most=2).exit == 0 for _ in range(10))
    thread.join(20)
    assert not thread.is_alive()
