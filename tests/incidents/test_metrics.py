"""Response times are means over incidents that count; what nobody recorded is missing, and says over how many."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

from incidents.folds.incident import Record
from incidents.metrics import metrics, svg

OPENED = datetime(2026, 11, 3, 12, tzinfo=UTC)


def incident(severity: str = "P1", *, opened: datetime = OPENED, began: int = 0, ack: int = 0, end: int = 0) -> Record:
    """One record; times are minutes before and after its opening, 0 where nobody recorded one."""
    found = Record("INC", "incident", "x", severity, "open", opened_at=opened)
    found.began = opened - timedelta(minutes=began) if began else None
    for status, minutes in (("acknowledged", ack), ("resolved", end)):
        if minutes:
            found.reached[status] = opened + timedelta(minutes=minutes)
    return found


def test_means_by_month_and_severity() -> None:
    rows = metrics(
        [
            incident(began=4, ack=10, end=60),
            incident(ack=20, end=120),
            incident("P0", ack=1),
            incident(opened=OPENED - timedelta(days=31), end=30),
        ]
    )
    assert [(row.month, row.severity) for row in rows] == [("2026-11", "P0"), ("2026-11", "P1"), ("2026-10", "P1")]
    p1 = rows[1].means
    assert (p1["MTTD"].seconds, p1["MTTD"].over, p1["MTTD"].of) == (240.0, 1, 2)
    assert (p1["MTTA"].seconds, p1["MTTR"].seconds) == (900.0, 5400.0)
    assert str(p1["MTTA"]) == "15 min (2 of 2)"
    assert str(rows[0].means["MTTR"]) == "-"


def test_what_is_no_incident_does_not_count() -> None:
    drill, check, merged = incident(ack=1), incident(ack=1), incident(ack=1)
    drill.drill, check.kind, merged.merged_into = True, "check", "INC-2"
    assert metrics([drill, check, merged]) == []


def test_the_picture_is_whole_and_alone() -> None:
    picture = svg(metrics([incident(end=60), incident("P0", end=5)]))
    root = ET.fromstring(picture)
    titles = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
    assert "2026-11 P1: 60 min (1 of 1)" in titles
    assert "<script" not in picture
    assert "href" not in picture
    ET.fromstring(svg([]))
