"""The shipped contacts, their faults at their places, and messages that a local receiver sees."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from engine.contacts import deliver, load
from engine.primitives.faults import BookFaults
from engine.words.word import Delivery

FILE = """\
version: 1
contacts:
  backend: {name: Backend Team, targets: ["env:A_TARGET"]}
  oncall: {name: On-Call Engineer, targets: ["env:A_TARGET", "env:ANOTHER_TARGET"]}
  nobody: {name: Nobody}
"""


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.yaml"
    path.write_text(FILE)
    return path


@pytest.fixture
def receiver() -> Iterator[tuple[int, list[bytes]]]:
    heard: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    yield server.server_port, heard
    server.shutdown()
    serving.join()
    server.server_close()


def test_the_shipped_file_is_the_guides() -> None:
    shipped = load()
    assert {name: contact.mail or contact.phone for name, contact in shipped.contacts.items()} == {
        "backend": "backend@linguamate.app",
        "devops": "devops@linguamate.app",
        "security": "security@linguamate.app",
        "oncall": "+1-555-0123",
        "lead": "+1-555-0124",
        "manager": "+1-555-0125",
    }
    assert {severity: rung.within for severity, rung in shipped.escalation.items()} == {
        "P0": 900,
        "P1": 3600,
        "P2": 14_400,
        "P3": 86_400,
    }
    assert deliver("oncall", "hello") == Delivery(False, "no target in contacts.yaml", attempted=False)


def test_a_message_arrives_and_the_target_shows_nowhere(
    contacts: Path, receiver: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, heard = receiver
    monkeypatch.setenv("A_TARGET", f"json://user:s3cretpass@127.0.0.1:{port}/hook")
    message = "INC-1 is over; $(id) 'quoted' é\nand more"
    delivery = deliver("backend", message, contacts)
    assert delivery == Delivery(True, "env:A_TARGET: JSON took it")
    told = json.loads(heard[0])
    assert told["title"] == "INC-1 is over; $(id) 'quoted' é"
    assert told["message"] == message


def test_one_target_that_takes_it_is_enough(
    contacts: Path, receiver: tuple[int, list[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, heard = receiver
    with socket.create_server(("127.0.0.1", 0)) as free:
        closed = free.getsockname()[1]
    monkeypatch.setenv("A_TARGET", f"json://user:s3cretpass@127.0.0.1:{closed}/")
    monkeypatch.setenv("ANOTHER_TARGET", f"json://127.0.0.1:{port}/")
    delivery = deliver("oncall", "x", contacts)
    assert delivery.delivered
    assert delivery.detail == "env:A_TARGET: JSON did not take it; env:ANOTHER_TARGET: JSON took it"
    assert len(heard) == 1


def test_what_cannot_be_sent_says_why(contacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("A_TARGET", raising=False)
    assert deliver("backend", "x", contacts) == Delivery(
        False, "secret target is not there: the environment has no A_TARGET"
    )
    monkeypatch.setenv("A_TARGET", "no url at all")
    assert "env:A_TARGET: it holds no apprise URL" in deliver("backend", "x", contacts).detail
    unknown = deliver("bakend", "x", contacts)
    assert unknown == Delivery(False, "contacts.yaml has no contact bakend; did you mean backend?", attempted=False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version: 1\n", "1:1: contacts is missing"),
        ("version: 2\ncontacts: {}\n", "1:1: version 2 is not known"),
        ("version: 1\ncontacts:\n  a: {name: A, mial: x}\n", "3:16: unknown key 'mial'"),
        ('version: 1\ncontacts:\n  a: {name: A, targets: ["mailto://u:p@h"]}\n', "3:26: "),
        ("version: 1\ncontacts: {}\nescalation:\n  P0: {within: 15m, ladder: [a]}\n", "names a, who is no contact"),
    ],
)
def test_faults_stand_at_their_places(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "contacts.yaml"
    path.write_text(text)
    with pytest.raises(BookFaults) as wrong:
        load(path)
    assert said in str(wrong.value)
    assert deliver("a", "x", path).delivered is False


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "it cannot be read: No such file" in deliver("a", "x", tmp_path / "none.yaml").detail
