"""The race as an SVG picture: a bar a contestant, a panel a number of hosts; readable in the light and in the dark."""

from __future__ import annotations

from html import escape

ROW, LABEL, BAR, GAP = 20, 170, 330, 34


def picture(walls: list[tuple[str, int, float]]) -> str:
    """From (contestant, hosts, seconds); each panel has its own scale, and its seconds beside the bars."""
    counts = sorted({hosts for _, hosts, _ in walls})
    parts: list[str] = []
    y = 0
    for count in counts:
        panel = sorted((seconds, who) for who, hosts, seconds in walls if hosts == count)
        longest = panel[-1][0]
        parts.append(f'<text x="0" y="{y + 16}" class="head">{count} hosts</text>')
        y += 24
        for seconds, who in panel:
            kind = "ours" if who == "ours" else "bar"
            width = max(1.0, BAR * seconds / longest)
            parts.append(f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(who)}</text>')
            parts.append(f'<rect x="{LABEL}" y="{y + 3}" width="{width:.1f}" height="{ROW - 6}" class="{kind}"/>')
            parts.append(f'<text x="{LABEL + width + 6:.1f}" y="{y + 14}">{seconds:.2f} s</text>')
            y += ROW
        y += GAP - 24
    style = (
        "text{font:12px system-ui,sans-serif;fill:#1f2937}.head{font-weight:600}.bar{fill:#94a3b8}.ours{fill:#0f766e}"
        "@media(prefers-color-scheme:dark){text{fill:#e5e7eb}.bar{fill:#64748b}.ours{fill:#2dd4bf}}"
    )
    width = LABEL + BAR + 80
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" role="img" '
        f'aria-label="Seconds by contestant and number of hosts"><style>{style}</style>{"".join(parts)}</svg>\n'
    )
