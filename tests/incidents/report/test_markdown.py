"""The report says what the events say: nothing more, nothing less, and nothing in it is alive."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from incidents.desk import InvalidRequest, declare
from incidents.event import Actor, Event, Json, Subject
from incidents.ledger.memory import MemoryLedger
from incidents.ledger.protocol import Batch, Chunk, Entry, Ledger
from incidents.report import markdown
from incidents.report.gather import TAIL_BYTES, TAIL_LINES, TAILS, gather
from incidents.vocabulary.run import StepFinished, StepStarted
from tests.incidents.story import ADA, ENGINE, INC, RUN, at, tell

SECTIONS = [
    "Summary", "Impact", "Response times", "Timeline", "What was run where", "Output", "Questions and answers",
    "Unknown", "Evidence", "Notifications", "Notes", "Actions", "Chain", "What this record cannot know",
]  # fmt: skip


def sections(text: str) -> dict[str, str]:
    parts = text.split("\n## ")
    return {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in parts[1:]}


def test_every_section_says_its_part(ledger: Ledger) -> None:
    tell(ledger)
    text = markdown(ledger, INC)
    said = sections(text)

    assert text.startswith(f"# {INC}: The API is down\n")
    assert list(said) == SECTIONS
    assert "| Severity | P2 |" in said["Summary"]
    assert f"- Run `{RUN}` (Backend server down): **unknown**, on web-1, web-2" in said["Summary"]
    assert "- `healthy` did not pass on web-1: first seen" in said["Impact"]
    assert "web-2" not in said["Impact"], "a look that could not decide is no outage"
    assert "| acknowledged | 20" in said["Response times"]
    assert "| resolved | not recorded | |" in said["Response times"]
    assert f"web-1 restart: changed in 2.1 s, verified (`{RUN}#12`)" in said["Timeline"]
    assert "| restart | web-1 | restart web \\| tee \\`x\\` | changed | 0 | 2.1 s | #8 |" in said["What was run where"]
    assert "| restart | web-2 | `restart web` | unknown |  |  | #10 |" in said["What was run where"]
    assert "50 bytes after this were not kept." in said["Output"]
    assert r"Is it \*really\* up? **yes**, said ada (os-user)" in said["Questions and answers"]
    assert r"seen = \<script>" in said["Questions and answers"]
    assert "restart on web-2 started at" in said["Unknown"]
    assert "FromTheFuture v3" in said["Unknown"]
    assert "| log | web-1 | `journal` | 12,345 |" in said["Evidence"]
    assert "oncall: **not delivered** (mail server refused): it is back" in said["Notifications"]
    assert "````text\na deploy an hour ago\n```\n</details>\n````" in said["Notes"]
    assert "- ACT-1: alert on memory (owner: bob, due: 2026-12-01)" in said["Actions"]
    for stream in (INC, RUN):
        head = ledger.read(stream)[-1]
        assert f"| {stream} | #{head.seq} | `{head.hash}` | whole |" in said["Chain"]
    assert "were cut off" in said["What this record cannot know"]


def test_every_line_names_its_event_and_none_is_missing(ledger: Ledger) -> None:
    tell(ledger)
    report = gather(ledger, INC)
    said = sections(markdown(ledger, INC))["Timeline"]
    for line in report.lines:
        assert (f"(`{line.ref}`)" in said) is not line.minor


def test_clocks_that_differ_are_said(ledger: Ledger) -> None:
    tell(ledger)
    odd = [line for line in sections(markdown(ledger, INC))["Timeline"].splitlines() if "writer's clock" in line]
    assert len(odd) == 1
    assert "clocks differ (the writer's clock said 20" in odd[0]


def test_an_empty_record_says_so_everywhere(ledger: Ledger) -> None:
    incident = declare(ledger, ADA, "Something is odd", "P3", drill=True)
    said = sections(markdown(ledger, incident))

    assert list(said) == SECTIONS
    assert "**This was a drill.**" in markdown(ledger, incident)
    for section, expected in {
        "Summary": "No run is linked", "Impact": "No check in this record was seen to fail",
        "What was run where": "Nothing was run", "Output": "No output was kept", "Evidence": "None was collected",
        "Questions and answers": "Nobody was asked", "Unknown": "Every step that started has a recorded end",
        "Notifications": "Nobody was told", "Notes": "None.", "Actions": "None was written down",
    }.items():  # fmt: skip
        assert expected in said[section]


def test_a_record_that_is_not_there(ledger: Ledger) -> None:
    with pytest.raises(InvalidRequest, match="no record INC-none"):
        markdown(ledger, "INC-none")


HOSTILE = (
    "# h\n- [x](javascript:alert(1)) <script>alert(1)</script> ![i](http://x) | ``` ~~~ **b** "
    "{{ 7*7 }} {% raw %}\x1b[2J"
)


SEAL: dict[str, Json] = {"out": {"kept": 500, "length": 500}}


def test_hostile_text_anywhere_stays_text() -> None:
    ledger = MemoryLedger()
    incident = declare(ledger, Actor(HOSTILE, "terminal"), HOSTILE[:200], "P1")
    tell(ledger)
    subject = Subject(RUN, "evil", HOSTILE, 1)
    ledger.commit(
        Batch(
            [
                Entry(RUN, [
                    at("evil", HOSTILE, StepStarted("run", "change", HOSTILE, 1.0)),
                    at("evil", HOSTILE, StepFinished("failed", 1, 1.0, HOSTILE, {}, SEAL)),
                ]),
            ],
            [Chunk(RUN, subject.output("out"), 0, (HOSTILE + "\n````\n" + "# h\n" * 200).encode()[:500])],
        )
    )  # fmt: skip
    for record in (incident, INC):
        tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown(ledger, record))
        leaves = [leaf for token in tokens for leaf in (token.children or [token])]
        alive = {leaf.type for leaf in leaves} & {"html_block", "html_inline", "image", "link_open", "hr"}
        links = [leaf.attrs["href"] for leaf in leaves if leaf.type == "link_open"]
        assert alive <= {"link_open"}
        assert set(links) <= {"#chain"}
        headings = [leaves.content for opened, leaves in pairwise(tokens) if opened.tag == "h2"]
        assert [heading for heading in headings if heading] == SECTIONS
        assert "\x1b" not in markdown(ledger, record)


def test_tails_are_bounded_and_bad_ends_come_first() -> None:
    ledger = MemoryLedger()
    tell(ledger)
    for n in range(TAILS + 20):
        status = "failed" if n == TAILS + 19 else "ok"
        fact = StepFinished(status, 0, 1.0, "", {}, {"out": {"kept": 90_000, "length": 90_000}})
        host = f"h{n}"
        chunk = Chunk(RUN, Subject(RUN, "flood", host, 1).output("out"), 0, f"{host}\n".encode() * 30_000)
        ledger.commit(Batch([Entry(RUN, [at("flood", host, StepStarted("run", "read", "x", 1.0))])]))
        ledger.commit(Batch([Entry(RUN, [at("flood", host, fact)])], [replace(chunk, data=chunk.data[:90_000])]))

    report = gather(ledger, INC)
    assert len(report.tails) == TAILS
    assert report.tails_left_out == 21
    assert report.tails[-1].deed.subject.host == f"h{TAILS + 19}"
    for tail in report.tails:
        assert len(tail.text) <= TAIL_BYTES
        assert tail.text.count("\n") <= TAIL_LINES
    tail = report.tails[-1]
    assert tail.before + len(tail.text) == 90_000
    assert "21 more outputs are in the ledger" in markdown(ledger, INC)


def test_the_output_of_a_lost_step_is_shown(ledger: Ledger) -> None:
    tell(ledger)
    lost = Subject(RUN, "restart", "web-2", 1)
    ledger.commit(Batch(chunks=[Chunk(RUN, lost.output("err"), 0, b"last words\n")]))
    assert "### restart on web-2, stderr\n\n```text\nlast words\n```" in markdown(ledger, INC)


def test_sensitive_output_is_not_kept_and_not_shown(ledger: Ledger) -> None:
    tell(ledger)
    fact = StepFinished("ok", 0, 1.0, "", {}, {"out": {"kept": 0, "length": 99, "sha256": "00"}})
    ledger.commit(Batch([Entry(RUN, [at("secret", "web-1", fact)])]))
    assert "### secret on web-1" not in markdown(ledger, INC)


class Tampered(MemoryLedger):
    """A ledger somebody edited."""

    def read(self, stream: str, after: int = 0) -> list[Event]:
        return [replace(e, data={"text": "nothing happened"}) if e.kind == "NoteAdded" else e
                for e in super().read(stream, after)]  # fmt: skip


def test_a_changed_record_is_said_at_the_top() -> None:
    ledger = Tampered()
    tell(ledger)
    text = markdown(ledger, INC)
    assert text.index(f"**The record of {INC} was changed after it was written") < text.index("## Summary")
    assert "**#5 its data was changed: the digest is another**" in sections(text)["Chain"]


def test_a_run_that_is_driven_now_is_running(ledger: Ledger) -> None:
    tell(ledger)
    lease = ledger.acquire(RUN, "me")
    assert "): **running**" in markdown(ledger, INC)
    ledger.release(lease)


def test_a_linked_run_that_is_not_in_this_ledger(ledger: Ledger) -> None:
    from incidents.vocabulary import draft
    from incidents.vocabulary.incident import RunLinked

    incident = declare(ledger, ADA, "x", "P1")
    ledger.commit(Batch([Entry(incident, [draft(RunLinked("RUN-far", "b", "Far away"), ENGINE)])]))
    text = markdown(ledger, incident)
    assert "Run `RUN-far` (Far away): **not in this ledger**" in text
    assert "What happened in RUN-far: its stream is not in this ledger." in text
