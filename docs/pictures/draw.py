"""Draws README's picture: runs the real demo on a terminal of 80 columns, keeps what it showed, draws that.

.venv/bin/python docs/pictures/draw.py            runs the demo, writes demo.txt and demo.svg
.venv/bin/python docs/pictures/draw.py --again    only draws demo.txt again
"""

from __future__ import annotations

import html
import os
import pty
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COLUMNS = 80
SIZE, ADVANCE, LEADING, MARGIN = 14, 8.43, 20, 18
COLOURS = {"": "#d8dee9", "1": "#ffffff", "2": "#7d8899", "31": "#f07178", "32": "#9ece6a", "33": "#e0af68"}
STYLE = re.compile(r"\x1b\[([0-9;]*)m")


def capture() -> str:
    """What the demo shows, stripped of what only this machine has."""
    with tempfile.TemporaryDirectory() as home:
        pid, master = pty.fork()
        if pid == 0:
            environment = {**os.environ, "TERM": "xterm", "COLUMNS": str(COLUMNS), "WATCHBOOK_HOME": home}
            environment.pop("NO_COLOR", None)
            os.chdir(ROOT)
            os.execve(ROOT / "inv", ["inv", "demo"], environment)  # noqa: S606 - our own program, on purpose
        said = b""
        while piece := _read(master):
            said += piece
        _, status = os.waitpid(pid, 0)
    if status:
        sys.exit(f"the demo ended with {os.waitstatus_to_exitcode(status)}; nothing was drawn\n{said.decode()}")
    text = said.decode().replace("\r", "")
    return f"$ ./inv demo\n{text}".replace(home, "~/watchbook/var").replace(str(ROOT), "~/watchbook")


def _read(master: int) -> bytes:
    try:
        return os.read(master, 65536)
    except OSError:
        return b""


def draw(text: str) -> str:
    """The SVG."""
    rows = [row for line in text.splitlines() for row in _rows(line)]
    width = round(COLUMNS * ADVANCE + 2 * MARGIN)
    height = len(rows) * LEADING + 2 * MARGIN
    drawn = [
        f'<text x="{MARGIN}" y="{MARGIN + SIZE + number * LEADING}" xml:space="preserve">{"".join(spans)}</text>'
        for number, spans in enumerate(rows)
        if spans
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="What ./inv demo shows" font-family="ui-monospace, Menlo, Consolas, monospace" '
        f'font-size="{SIZE}">\n<rect width="100%" height="100%" rx="8" fill="#1a1f29"/>'
    )
    return "\n".join([head, *drawn, "</svg>\n"])


def _rows(line: str) -> Iterator[list[str]]:
    """A line as a terminal of our width breaks it, each row as coloured pieces."""
    spans: list[str] = []
    room, colour = COLUMNS, ""
    for index, part in enumerate(STYLE.split(line)):
        if index % 2:
            colour = "" if part == "0" else part
            continue
        while part:
            piece, part = part[:room], part[room:]
            spans.append(f'<tspan fill="{COLOURS[colour]}">{html.escape(piece)}</tspan>')
            room -= len(piece)
            if not room and part:
                yield spans
                spans, room = [], COLUMNS
    yield spans


def main() -> None:
    kept = HERE / "demo.txt"
    if "--again" not in sys.argv:
        kept.write_text(capture(), encoding="utf-8")
    (HERE / "demo.svg").write_text(draw(kept.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
