"""Renders a report as Markdown; every value is made harmless unless it says that it is."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from incidents.ledger.protocol import Ledger
from incidents.report.gather import gather
from incidents.report.harmless import Ready, block, code, inline
from incidents.report.parts import Trouble
from incidents.timeline import Line
from incidents.wording import duration

_CLOCKS_AGREE = 2.0
"""Seconds that a writer's clock may differ from the ledger's before a line says so."""


def markdown(ledger: Ledger, incident: str) -> str:
    """The report on one record. Raises InvalidRequest when there is none of this id."""
    return _template().render(report=gather(ledger, incident))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        finalize=lambda value: value if isinstance(value, Ready) else inline(str(value)),
        autoescape=False,  # noqa: S701 - finalize escapes every value, for Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "block": block,
        "code": code,
        "duration": duration,
        "moment": lambda at: Ready(f"{_utc(at):%Y-%m-%d %H:%M:%S} UTC"),
        "day": lambda at: Ready(f"{_utc(at):%Y-%m-%d}"),
        "time": lambda at: Ready(f"{_utc(at):%H:%M:%S}"),
        "lasted": _lasted,
        "skew": _skew,
        "ref": lambda said: f"{said.event.stream}#{said.event.seq}",
    }
    return environment.get_template("report.md.j2")


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _lasted(trouble: Trouble) -> str:
    return duration((trouble.over.recorded - trouble.seen.recorded).total_seconds()) if trouble.over else ""


def _skew(line: Line) -> Ready:
    """What to say when the writer's clock and the ledger's do not agree."""
    seconds = (line.at - line.recorded).total_seconds()
    said = f" (the writer's clock said {_utc(line.at):%Y-%m-%d %H:%M:%S})" if abs(seconds) > _CLOCKS_AGREE else ""
    return Ready(said)
