"""Makes text of hosts and people harmless in Markdown: it is shown as it is, and means nothing there."""

from __future__ import annotations

import re
import unicodedata

_MEANT = re.compile(
    r"[\\`*\[<|~$]"
    r"|(?<![^\W_])_|_(?![^\W_])"  # within a word an underscore means nothing
    r"|&(?=#?\w+;)"
    r"|#(?=#*$)"  # closes a heading
    r"|:(?=//)|(?<=www)\.",  # would become a link
    re.IGNORECASE,
)
_MEANT_FIRST = re.compile(r"^(\d*)((?<=\d)[.)](?= |$)|(?<!\d)[-+=>#])")
"""What means something at the beginning of a list item: another list, a rule, a quotation, a heading."""
_JOINERS = "\u200c\u200d"
"""Format characters that Persian and emoji are written with."""
_RUN_OF_BACKTICKS = re.compile("`+")


class Ready(str):
    """Markdown that is already harmless."""

    __slots__ = ()


def inline(text: str) -> Ready:
    """Text within a line: no markup, no link, no table cell, no HTML comes of it."""
    safe = _MEANT.sub(r"\\\g<0>", _flat(text))
    return Ready(_MEANT_FIRST.sub(r"\1\\\2", safe))


def code(text: str) -> Ready:
    """Text as code within a line or a table cell. A bar would end the cell even in code, so such text is escaped."""
    flat = _flat(text)
    if not flat or "|" in flat:
        return inline(flat)
    fence = "`" * (_longest_run(flat) + 1)
    pad = " " if flat[0] == "`" or flat[-1] == "`" else ""
    return Ready(f"{fence}{pad}{flat}{pad}{fence}")


def block(text: str) -> Ready:
    """Text as a fenced block; no line in it can close its fence."""
    body = visible(text, keep="\n\t").strip("\n")
    fence = "`" * max(3, _longest_run(body) + 1)
    return Ready(f"{fence}text\n{body}\n{fence}")


def visible(text: str, keep: str = "") -> str:
    """Control, format and bidirectional characters as escapes one can see; `keep` are left as they are."""
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char
        if char in keep + _JOINERS or not unicodedata.category(char).startswith(("C", "Zl", "Zp"))
        else (" " if char in "\n\t" else char.encode("unicode_escape").decode())
        for char in text
    )


def _flat(text: str) -> str:
    return " ".join(visible(text).split())


def _longest_run(text: str) -> int:
    return max(map(len, _RUN_OF_BACKTICKS.findall(text)), default=0)
