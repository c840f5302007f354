"""Ids say when, cannot be misread, and do not repeat."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from incidents.ids import ALPHABET, incident_id, new_id, run_id


def test_the_minute_is_utc() -> None:
    berlin = timezone(timedelta(hours=1))
    assert new_id("INC", datetime(2026, 11, 23, 15, 30, 59, tzinfo=berlin)).startswith("INC-20261123-1430-")


def test_their_letters() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set("ILOU") & set(ALPHABET)
    for made in (incident_id(), run_id()):
        assert re.fullmatch(rf"(INC|RUN)-\d{{8}}-\d{{4}}-[{ALPHABET}]{{5}}", made)


def test_they_differ_and_use_every_letter() -> None:
    tails = {run_id()[-5:] for _ in range(1000)}
    assert len(tails) > 995
    assert set("".join(tails)) == set(ALPHABET)
