"""What is redacted is gone from the files of the ledger; that it is gone, and why, stays, and the chain is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from incidents.desk import InvalidRequest, Refusal, note, record
from incidents.desk.redact import redact
from incidents.ledger.protocol import Ledger
from incidents.ledger.sqlite import open_sqlite
from incidents.linked import streams
from incidents.proof import Proof, prove
from incidents.report import html, markdown, record_json
from tests.incidents.true_story import ADA, INC, RUN, tell

LEAK = "hunter2-leaked-by-hand"


def proof(ledger: Ledger) -> Proof:
    return prove(INC, streams(ledger, INC), ledger, [])


def test_an_event_is_gone_and_the_chain_is_whole(ledger: Ledger) -> None:
    tell(ledger)
    seq = note(ledger, ADA, INC, f"the password is {LEAK}").seq
    redact(ledger, ADA, INC, f"#{seq}", "a password")

    event = ledger.read(INC)[seq - 1]
    assert (event.data, event.salt) == (None, b"")
    assert proof(ledger).flaws == []
    assert any(f"What stood in #{seq}" in thing for thing in proof(ledger).unknown)
    for report in (markdown(ledger, INC), html(ledger, INC), record_json(ledger, INC).decode()):
        assert LEAK not in report
        assert "a password" in report
    with pytest.raises(Refusal, match="redacted already"):
        redact(ledger, ADA, INC, str(seq), "again")
    with pytest.raises(Refusal, match="says why something else is gone"):
        redact(ledger, ADA, INC, str(seq + 1), "hide the hiding")
    with pytest.raises(InvalidRequest, match="no event #99"):
        redact(ledger, ADA, INC, "99", "x")
    with pytest.raises(InvalidRequest, match="reason is empty"):
        redact(ledger, ADA, INC, "1", " ")


def test_an_output_is_gone_and_the_chain_is_whole(ledger: Ledger) -> None:
    tell(ledger)
    redact(ledger, ADA, RUN, "restart/web-1/1/out", "customers' names")
    assert [kept.output for kept in ledger.outputs(RUN)] == ["evidence/web-1/1/log"]
    assert list(ledger.output(RUN, "restart/web-1/1/out")) == []
    assert proof(ledger).flaws == []
    with pytest.raises(InvalidRequest, match="keeps no output"):
        redact(ledger, ADA, RUN, "restart/web-1/1/out", "again")


def test_a_run_that_is_driven_is_left_alone(ledger: Ledger) -> None:
    tell(ledger)
    lease = ledger.acquire(RUN, "ctrl")
    with pytest.raises(Refusal, match="is being driven"):
        redact(ledger, ADA, RUN, "2", "x")
    ledger.release(lease)
    redact(ledger, ADA, RUN, "2", "x")


def test_the_opening_can_be_redacted_too(ledger: Ledger) -> None:
    tell(ledger)
    redact(ledger, ADA, INC, "1", "a name in the title")
    found = record(ledger, INC)
    assert (found.incident, found.title) == (INC, "")
    assert markdown(ledger, INC)
    assert html(ledger, INC)
    assert proof(ledger).flaws == []


def test_nothing_of_it_is_left_in_the_files(tmp_path: Path) -> None:
    ledger = open_sqlite(tmp_path / "ledger.db", ballast_bytes=0)
    tell(ledger)
    seq = note(ledger, ADA, INC, f"the password is {LEAK}").seq
    files = [tmp_path / "ledger.db", tmp_path / "ledger.db-wal"]
    assert any(LEAK.encode() in file.read_bytes() for file in files)
    redact(ledger, ADA, INC, str(seq), "a password")
    assert not any(LEAK.encode() in file.read_bytes() for file in files if file.exists())
    ledger.close()
