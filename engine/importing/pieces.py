"""A block of shell text as pieces: commands with their comments, prompts taken off, outputs apart; judges none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_PROMPT = re.compile(r"\s*(?:\[?[\w.-]{1,64}@[\w.-]{1,64}[^$#%\n]{0,80}[$#%]|\$|PS [^>\n]{0,80}>)\s+(?P<command>\S.*)")
_EXPECTED = re.compile(
    r"#\s*(?:expected|example|sample)?\s*(?:output|response|result|expected|returns)\b", re.IGNORECASE
)
_ASSIGNMENT = re.compile(r"(?:export\s+)?[A-Za-z_][A-Za-z0-9_]*=\S*")
_HEREDOC = re.compile(r"(?<!<)<<-?[ \t]*(['\"\\]?)([A-Za-z_][A-Za-z0-9_]*)")
_OPENS = re.compile(r"(?:^|[;&|(]|\b(?:do|then|else))\s*(?:if|case|for|while|until|select)\b")
_CLOSES = re.compile(r"(?:^|[;&])\s*(?:fi|esac|done)\b")


@dataclass(slots=True)
class Piece:
    """A command with its comments, or comments (or settings) alone when `command` is empty.

    `line` is the first line of it, comments included; `expected` is what the guide says it prints.
    """

    line: int
    comments: list[str] = field(default_factory=list)
    command: str = ""
    settings: str = ""
    expected: str = ""


def pieces(text: str, line: int) -> list[Piece]:
    """The pieces of a block whose first line has this number."""
    lines = text.split("\n")
    found = _transcript(lines, line) if any(map(_PROMPT.fullmatch, lines)) else _script(lines, line)
    return [piece for piece in found if piece.command.strip() or piece.comments or piece.settings]


def _script(lines: list[str], first: int) -> list[Piece]:
    """Commands in paragraphs: a comment or an empty line ends one, unless it stands inside a construct."""
    found: list[Piece] = []
    body: list[str] = []
    piece = Piece(first)
    construct = _Construct()
    expected = after_empty = False

    def flush(at: int) -> None:
        nonlocal piece, body
        if not body and not piece.comments:
            return
        settings = bool(body) and all(_ASSIGNMENT.fullmatch(one.strip()) for one in body if one.strip())
        settings = settings and not any(one.lstrip().startswith("export ") for one in body)
        piece.settings, piece.command = ("\n".join(body), "") if settings else ("", "\n".join(body))
        found.append(piece)
        piece, body = Piece(at), []

    for number, text in enumerate(lines, first):
        comment = text.lstrip().startswith("#") and not construct.open
        if expected and not (comment and after_empty):
            found[-1].expected += f"{text}\n"
            after_empty = not text.strip()
            continue
        expected = False
        if comment and _EXPECTED.match(text.lstrip()) and (found or body):
            flush(number + 1)
            expected = True
        elif not construct.open and not text.strip():
            flush(number + 1)
        elif comment:
            if body:
                flush(number)
            piece.line = piece.line if piece.comments else number
            piece.comments.append(text.strip().lstrip("#").strip())
        else:
            piece.line = piece.line if piece.comments or body else number
            body.append(text)
            construct.feed(text)
        after_empty = not text.strip()
    flush(first)
    return found


def _transcript(lines: list[str], first: int) -> list[Piece]:
    """What was typed behind a prompt are commands, what follows them is output."""
    found: list[Piece] = []
    construct = _Construct()
    comments: list[str] = []
    for number, text in enumerate(lines, first):
        typed = _PROMPT.fullmatch(text)
        if typed and not construct.open:
            found.append(Piece(number, comments, typed["command"]))
            comments = []
            construct.feed(typed["command"])
        elif found and construct.open:
            more = re.sub(r"^\s*> ?", "", text)
            found[-1].command += f"\n{more}"
            construct.feed(more)
        elif text.startswith("#") and _PROMPT.fullmatch(lines[min(number - first + 1, len(lines) - 1)]):
            comments = [text.lstrip("# ").strip()]
        elif found:
            found[-1].expected += f"{text}\n"
    return found


class _Construct:
    """Follows quotes, here-documents and loops line by line, so that a block is not cut inside one."""

    def __init__(self) -> None:
        self._quote = self._heredoc = ""
        self._depth = 0
        self._goes_on = False

    @property
    def open(self) -> bool:
        """Whether the next line belongs to what stands before it."""
        return bool(self._quote or self._heredoc or self._depth or self._goes_on)

    def feed(self, line: str) -> None:
        """Takes the next line."""
        if self._heredoc:
            self._heredoc = "" if line.strip() == self._heredoc else self._heredoc
            return
        bare = self._outside_quotes(line)
        self._goes_on = not self._quote and bare.rstrip().endswith(("\\", "&&", "|"))
        self._depth = max(0, self._depth + len(_OPENS.findall(bare)) - len(_CLOSES.findall(bare)))
        if not self._quote and (heredoc := _HEREDOC.search(line)) and "<<" in bare:
            self._heredoc = heredoc[2]

    def _outside_quotes(self, line: str) -> str:
        bare: list[str] = []
        escaped = False
        for index, char in enumerate(line):
            if escaped:
                escaped = False
                bare.append("x")
            elif char == "\\" and self._quote != "'" and index + 1 < len(line):
                escaped = True
            elif self._quote:
                self._quote = "" if char == self._quote else self._quote
            elif char in "'\"":
                self._quote = char
            elif char == "#" and (index == 0 or line[index - 1] in " \t;"):
                break
            else:
                bare.append(char)
        return "".join(bare)
