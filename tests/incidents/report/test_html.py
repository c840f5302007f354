"""The HTML report in a real browser, offline: it replays the run, and nothing that a host said comes alive."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from incidents.ledger.memory import MemoryLedger
from incidents.ledger.protocol import Chunk, Ledger
from incidents.report import html, markdown, record_json
from incidents.report.gather import gather
from incidents.report.record_json import record_schema
from incidents.report.replay import OUTPUT_BYTES, replay
from incidents.signing import KeyRing
from tests.incidents import story
from tests.incidents.true_story import HOSTILE, INC, RUN, tell

FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
         "--no-sandbox"]  # fmt: skip


@contextmanager
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


class SlowLedger(MemoryLedger):
    """Remembers that the second piece of every output came seven seconds after the first."""

    def output(self, stream: str, output: str, offset: int = 0) -> Iterator[Chunk]:
        for number, chunk in enumerate(super().output(stream, output, offset)):
            assert chunk.recorded
            late = chunk.recorded + timedelta(seconds=7 * number)
            yield Chunk(chunk.stream, chunk.output, chunk.offset, chunk.data, late)


@pytest.mark.needs("browser")
def test_it_replays_the_run_offline_and_nothing_in_it_is_alive(tmp_path: Path) -> None:
    from playwright.sync_api import expect

    ledger = SlowLedger()
    tell(ledger)
    page_file = tmp_path / "report.html"
    page_file.write_text(html(ledger, INC, KeyRing(tmp_path / "keys")), encoding="utf-8")
    asked: list[str] = []
    said: list[str] = []
    with browser() as chromium:
        page = chromium.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(page_file.as_uri())

        assert asked == [page_file.as_uri()], "it asks for nothing but itself"
        assert said == [], "no script failed, and the policy had nothing to refuse"
        assert page.title().startswith(f"{INC}: The API is down </pre>")
        assert page.locator("script").count() == 2
        assert page.locator("img").count() == 0
        shown = page.locator("body").inner_text()
        assert "document.title='owned'" in shown, "hostile words are shown"
        assert r"\x1b[2J\u202e" in shown
        assert "\x1b" not in shown

        # The replay begins with nothing of the restart's later output, and ends with all of it.
        screen = page.locator("#screens pre").first
        assert "stopping" in (screen.text_content() or "")
        assert "done" not in (screen.text_content() or "")
        page.locator("#speed").select_option("60")
        page.locator("#play").click()
        expect(page.locator("#clock")).to_contain_text("second 7 of 7", timeout=10_000)
        assert (screen.text_content() or "").count("done") == 40
        assert "document.title='owned'" in (screen.text_content() or "")
        expect(page.locator("#play")).to_have_text("Play")
        page.locator("#at").fill("0")
        assert "done" not in (screen.text_content() or ""), "it goes back, too"
        assert page.title().startswith(INC)

        page.emulate_media(media="print")
        assert not page.locator("#replay").is_visible()
        assert page.locator("#timeline").is_visible()
        assert page.pdf().startswith(b"%PDF-")
        page.set_viewport_size({"width": 390, "height": 800})
        page.emulate_media(media="screen")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, "a phone does not scroll sideways"


@pytest.mark.needs("browser")
def test_the_policy_stops_what_escaping_might_miss(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    tell(ledger)
    broken = html(ledger, INC).replace("<h1>", f"<h1><script>document.title='owned'</script>{HOSTILE}", 1)
    (tmp_path / "report.html").write_text(broken, encoding="utf-8")
    with browser() as chromium:
        page = chromium.new_page()
        page.goto((tmp_path / "report.html").as_uri())
        page.wait_for_timeout(200)
        assert page.title().startswith(INC)


def test_every_line_links_to_its_event(ledger: Ledger) -> None:
    story.tell(ledger)
    text = html(ledger, story.INC)
    links = set(re.findall(r'href="#([^"]+)"', text))
    places = set(re.findall(r'id="([^"]+)"', text))
    assert links <= places
    for line in gather(ledger, story.INC).lines:
        assert f"{line.event.stream}-{line.event.seq}" in links


def test_nothing_hostile_is_markup(ledger: Ledger) -> None:
    tell(ledger)
    text = html(ledger, INC)
    assert "<script>document" not in text
    assert "<img" not in text
    assert text.count("</script>") == 2
    assert "'unsafe" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_reports_are_the_same_whenever_they_are_made(tmp_path: Path) -> None:
    ledger = MemoryLedger()
    tell(ledger)
    keys = KeyRing(tmp_path)
    assert html(ledger, INC, keys) == html(ledger, INC, keys)
    assert markdown(ledger, INC, keys) == markdown(ledger, INC, keys)
    [head] = [chain.head for chain in gather(ledger, INC, keys).chains if chain.stream == RUN]
    assert str(head) in markdown(ledger, INC, keys)
    assert head.key == keys.ids()[-1]


def test_a_long_output_is_played_in_part_and_says_so() -> None:
    ledger = MemoryLedger()
    story.tell(ledger)
    restart = next(deed for deed in gather(ledger, story.INC).deeds if deed.finished)
    from incidents.ledger.protocol import Batch

    name = restart.subject.output("err")
    ledger.commit(Batch(chunks=[Chunk(story.RUN, name, 0, b"e" * (OUTPUT_BYTES + 5))]))
    films = {film.name: film for film in replay(ledger, gather(ledger, story.INC)).films}
    assert sum(len(piece.text) for piece in films["restart on web-1, stderr"].pieces) == OUTPUT_BYTES
    assert films["restart on web-1, stdout"].left_out == 50


def test_json_fits_its_published_schema(ledger: Ledger) -> None:
    schema = json.loads(record_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    tell(ledger)
    for told in (story.INC,):
        jsonschema.validate(json.loads(record_json(ledger, told)), schema)
    other = MemoryLedger()
    story.tell(other)
    found = json.loads(record_json(other, story.INC))
    jsonschema.validate(found, schema)
    assert [deed["step"] for deed in found["unknown"]] == ["restart"]
    found["surprise"] = 1
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, schema)
