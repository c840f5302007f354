"""Several processes on one SQLite ledger: appending at once, dying in the middle, holding leases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from incidents.chain import verify
from incidents.event import Draft
from incidents.ledger import open_ledger
from incidents.ledger.protocol import Batch, Entry, Held, Ledger
from incidents.ledger.sqlite import open_sqlite

ROOT = Path(__file__).parents[3]
Start = Callable[[str, str], subprocess.Popen[str]]

PRELUDE = """
import sys
from pathlib import Path
from incidents.event import Actor, Draft
from incidents.ledger import open_ledger
from incidents.ledger.protocol import Batch, Entry
home, name = Path(sys.argv[1]), sys.argv[2]
def note(text): return Draft("NoteAdded", {"text": text}, Actor(name, "test"))
def add(stream, text): return ledger.commit(Batch([Entry(stream, [note(text)], opens="incident")]))
ledger = open_ledger(home)
"""
APPEND = (
    PRELUDE
    + """
for n in range(60):
    add("INC-1", f"{name} {n}")
"""
)
APPEND_FOR_EVER = (
    PRELUDE
    + """
for n in range(100_000):
    [event] = add("INC-1", str(n))
    print(event.seq, flush=True)
"""
)
HOLD = (
    PRELUDE
    + """
print(ledger.acquire("RUN-1", name).epoch, flush=True)
sys.stdin.read()
"""
)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a script on the ledger; what still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def go(script: str, name: str) -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", script, str(tmp_path), name]
        process = subprocess.Popen(
            argv, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        running.append(process)
        return process

    yield go
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path)
    yield opened
    opened.close()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    return line.strip()


def test_processes_make_and_fill_a_fresh_ledger_at_once(tmp_path: Path, start: Start) -> None:
    writers = [start(APPEND, f"w{n}") for n in range(3)]
    for writer in writers:
        _, err = writer.communicate(timeout=60)
        assert writer.returncode == 0, err

    events = open_ledger(tmp_path).read("INC-1")
    assert len(events) == 180
    assert verify(events).faults == ()
    for n in range(3):
        mine = [e.data["text"] for e in events if e.actor.id == f"w{n}" and e.data]
        assert mine == [f"w{n} {i}" for i in range(60)]


def test_a_reader_never_sees_position_2_before_1(ledger: Ledger, start: Start) -> None:
    writers = [start(APPEND, "w0"), start(APPEND, "w1")]
    seen: list[int] = []
    deadline = time.monotonic() + 60
    while len(seen) < 120:
        seen += [event.position for event in ledger.feed(after=len(seen), limit=7)]
        assert seen == list(range(1, len(seen) + 1))
        assert time.monotonic() < deadline, [writer.communicate() for writer in writers]


@pytest.mark.parametrize("lines", [1, 40, 97])
def test_a_killed_writer_loses_nothing_it_was_promised(
    tmp_path: Path, start: Start, lines: int, note: Callable[..., Draft]
) -> None:
    writer = start(APPEND_FOR_EVER, "w")
    assert writer.stdout is not None
    for _ in range(lines):
        first_line(writer)
    os.kill(writer.pid, signal.SIGKILL)
    promised = [int(line) for line in writer.communicate()[0].split()]

    ledger = open_ledger(tmp_path)
    events = ledger.read("INC-1")
    assert len(events) >= max(promised, default=lines)
    assert verify(events).faults == ()
    [after] = ledger.commit(Batch([Entry("INC-1", [note("after")])]))
    assert after.seq == len(events) + 1


def test_a_lease_lives_as_long_as_its_process(ledger: Ledger, start: Start) -> None:
    controller = start(HOLD, "controller-7")
    assert first_line(controller) == "1"

    assert ledger.holder("RUN-1") == "controller-7"
    with pytest.raises(Held, match="driven by controller-7") as held:
        ledger.acquire("RUN-1", "me")
    assert held.value.owner == "controller-7"

    os.kill(controller.pid, signal.SIGKILL)
    controller.wait(10)
    assert ledger.holder("RUN-1") is None
    assert ledger.acquire("RUN-1", "me").epoch == 2


def test_a_stopped_process_still_holds_its_lease(ledger: Ledger, start: Start) -> None:
    controller = start(HOLD, "controller-7")
    first_line(controller)
    os.kill(controller.pid, signal.SIGSTOP)
    assert ledger.holder("RUN-1") == "controller-7"


def test_a_lease_ends_with_its_ledger_and_leaves_no_file(tmp_path: Path, ledger: Ledger) -> None:
    other = open_ledger(tmp_path)
    other.acquire("RUN-1", "other")
    with pytest.raises(Held):
        ledger.acquire("RUN-1", "me")
    other.close()
    assert ledger.holder("RUN-1") is None
    ledger.release(ledger.acquire("RUN-1", "me"))
    assert list((tmp_path / "leases").iterdir()) == []


def test_a_child_does_not_inherit_the_lease(tmp_path: Path, start: Start) -> None:
    spawn = HOLD.replace("sys.stdin.read()", "import subprocess; subprocess.run(['sleep', '3'], stdout=-3, stderr=-3)")
    controller = start(spawn, "controller-7")
    first_line(controller)
    time.sleep(0.2)
    os.kill(controller.pid, signal.SIGKILL)
    controller.wait(10)
    with closing(open_ledger(tmp_path)) as ledger:
        assert ledger.holder("RUN-1") is None


def test_a_commit_is_synced_before_it_is_acknowledged(tmp_path: Path) -> None:
    """Under synchronous=NORMAL a power cut takes acknowledged events; no test without one would notice."""
    with closing(open_sqlite(tmp_path / "ledger.db")) as ledger, ledger._engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
