"""Renders a report as Markdown; every value is made harmless unless it says that it is."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from incidents.ledger.protocol import Ledger
from incidents.report.gather import gather
from incidents.report.harmless import Ready, block, code, inline
from incidents.report.telling import custody, handed, lasted, moment, skew
from incidents.signing import KeyRing
from incidents.wording import duration


def markdown(ledger: Ledger, incident: str, keys: KeyRing | None = None) -> str:
    """The report on one record; with keys its heads are signed. Raises InvalidRequest when there is none of this id."""
    return _template().render(report=gather(ledger, incident, keys))


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
        "moment": lambda at: Ready(moment(at)),
        "day": lambda at: Ready(f"{_utc(at):%Y-%m-%d}"),
        "time": lambda at: Ready(f"{_utc(at):%H:%M:%S}"),
        "lasted": lasted,
        "skew": lambda line: Ready(skew(line)),
        "custody": custody,
        "handed": handed,
        "ref": lambda said: f"{said.event.stream}#{said.event.seq}",
    }
    return environment.get_template("report.md.j2")


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
