"""Renders a report as one HTML file that opens offline, replays the record, and runs nothing that a host said."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from incidents.ledger.protocol import Ledger
from incidents.report.gather import gather
from incidents.report.harmless import visible
from incidents.report.replay import Replay, replay
from incidents.report.telling import custody, handed, lasted, moment, skew
from incidents.signing import KeyRing
from incidents.wording import duration

_HERE = Path(__file__).parent


def html(ledger: Ledger, incident: str, keys: KeyRing | None = None) -> str:
    """The report on one record. Raises InvalidRequest when there is none of this id."""
    report = gather(ledger, incident, keys)
    script, style = _part("replay.js"), _part("report.css")
    return _template().render(
        report=report,
        replay=_data(replay(ledger, report)),
        # Ours, word for word what the hashes allow; everything else is escaped.
        script=Markup(script),  # noqa: S704
        style=Markup(style),  # noqa: S704
        script_hash=_hash(script),
        style_hash=_hash(style),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": lambda text: " ".join(visible(text).split()),
        "shown_block": lambda text: visible(text, keep="\n\t"),
        "duration": duration,
        "moment": moment,
        "lasted": lasted,
        "skew": skew,
        "custody": custody,
        "handed": handed,
    }
    return environment.get_template("report.html.j2")


def _data(played: Replay) -> Markup:
    """JSON that can stand in a script element: no character in it can end the element."""
    text = json.dumps({**asdict(played), "start": played.start.isoformat()})
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704


@cache
def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """As a Content-Security-Policy names what it allows."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
