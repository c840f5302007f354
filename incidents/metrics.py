"""How fast people detect, acknowledge and resolve: means by month and severity, of incidents that were no drills."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import fmean

from incidents.folds.incident import Record
from incidents.folds.lifecycle import SEVERITIES
from incidents.wording import duration

Measure = Callable[[Record], float | None]


def _detected(record: Record) -> float | None:
    return (record.opened_at - record.began).total_seconds() if record.began and record.opened_at else None


MEASURES: Mapping[str, Measure] = {
    "MTTD": _detected,
    "MTTA": lambda record: record.took("acknowledged"),
    "MTTR": lambda record: record.took("resolved"),
}
"""Mean time to detect (from the beginning somebody stated to the opening), acknowledge and resolve (from there)."""


@dataclass(frozen=True, slots=True)
class Mean:
    """Seconds on average over so many records; None over none. `of` counts those that could have had it."""

    seconds: float | None
    over: int
    of: int

    def __str__(self) -> str:
        return "-" if self.seconds is None else f"{duration(self.seconds)} ({self.over} of {self.of})"


@dataclass(frozen=True, slots=True)
class Row:
    """One month (of the opening, `2026-11`) and severity."""

    month: str
    severity: str
    means: Mapping[str, Mean]


def metrics(records: Iterable[Record]) -> list[Row]:
    """One row for each month and severity that had an incident, the newest month first."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record.kind == "incident" and not record.drill and not record.merged_into and record.opened_at:
            groups.setdefault((f"{record.opened_at:%Y-%m}", record.severity), []).append(record)
    rows = [Row(month, severity, _means(group)) for (month, severity), group in groups.items()]
    by_severity = sorted(rows, key=lambda row: row.severity)
    return sorted(by_severity, key=lambda row: row.month, reverse=True)


def svg(rows: Sequence[Row]) -> str:
    """One picture: MTTR by month, a bar for each severity; it needs no script and no other file."""
    months = sorted({row.month for row in rows})
    longest = max((row.means["MTTR"].seconds or 0.0 for row in rows), default=0.0) or 1.0
    slot, bar, height, top = 96, 18, 160, 44
    width = max(360, 60 + slot * len(months))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top + height + 44}" role="img" '
        'font-family="system-ui, sans-serif" font-size="12" fill="#222">',
        "<title>Mean time to resolve, by month and severity</title>",
        f'<rect width="{width}" height="{top + height + 44}" fill="#fff"/>',
    ]
    for place, severity in enumerate(SEVERITIES):
        parts.append(f'<rect x="{20 + 60 * place}" y="12" width="12" height="12" fill="{_COLOURS[severity]}"/>')
        parts.append(f'<text x="{36 + 60 * place}" y="22">{severity}</text>')
    for row in rows:
        left = 40 + slot * months.index(row.month) + bar * SEVERITIES.index(row.severity)
        mean = row.means["MTTR"]
        tall = round(height * (mean.seconds or 0.0) / longest, 1)
        said = escape(f"{row.month} {row.severity}: {mean}")
        parts.append(
            f'<rect x="{left}" y="{round(top + height - tall, 1)}" width="{bar - 2}" height="{tall}" '
            f'fill="{_COLOURS[row.severity]}"><title>{said}</title></rect>'
        )
    for place, month in enumerate(months):
        parts.append(f'<text x="{40 + slot * place}" y="{top + height + 18}">{month}</text>')
    parts.append(f'<text x="20" y="{top + height + 36}">the highest bar is {duration(longest)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


_COLOURS = {"P0": "#b3261e", "P1": "#c77700", "P2": "#2f6f9f", "P3": "#6b7280"}


def _means(records: Sequence[Record]) -> dict[str, Mean]:
    found: dict[str, Mean] = {}
    for name, measure in MEASURES.items():
        taken = [seconds for record in records if (seconds := measure(record)) is not None]
        found[name] = Mean(fmean(taken) if taken else None, len(taken), len(records))
    return found
