"""Just enough of sh to lint it: simple commands, their words and variables; knows no rule."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SEPARATORS = ("&&", "||", ";;", "|&", ";", "|", "&", "\n", "(", ")")
_HEREDOC = re.compile(
    r"<<-?[ \t]*(['\"]?)([A-Za-z_][A-Za-z0-9_]*)\1[^\n]*\n(.*?)^[ \t]*\2[ \t]*$", re.MULTILINE | re.DOTALL
)
_PREFIXES = (
    "sudo", "env", "exec", "nohup", "time", "command", "then", "do", "else", "if", "while", "until", "!", "{", "}",
)  # fmt: skip
"""Words that may stand before a command's name."""
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)[^}]*\})")
_REDIRECTION = re.compile(r"[0-9]*(?:<|>>?|<<-?|<<<)")
_REDIRECTED = re.compile(r"[0-9&]*[<>]")
_OUTPUT = re.compile(r"1?>>?(?![&(])|&>")


@dataclass(slots=True)
class Word:
    """A word as written, where it begins, and its variables outside quotes (name, place)."""

    text: str
    at: int
    bare: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Simple:
    """A simple command: its words, and the separators before and after it."""

    words: list[Word]
    before: str
    after: str = ""

    @property
    def name(self) -> str:
        """The command's name, without its folder and without sudo, env or assignments before it."""
        return self.argv[0].rsplit("/", 1)[-1] if self.argv else ""

    @property
    def argv(self) -> list[str]:
        """The words from the command's name on."""
        texts = [word.text for word in self.words]
        while texts and (texts[0] in _PREFIXES or _ASSIGNMENT.match(texts[0]) or texts[0] == "-n"):
            texts = texts[1:]
        return texts

    @property
    def at(self) -> int:
        """Where it begins."""
        return self.words[0].at

    @property
    def width(self) -> int:
        """How many characters of the script it takes."""
        return self.words[-1].at + len(self.words[-1].text) - self.at

    @property
    def options(self) -> list[str]:
        """The words behind the name that begin with -."""
        return [word for word in self.argv[1:] if word.startswith("-")]

    @property
    def arguments(self) -> list[str]:
        """The words behind the name that are no options, without their quotes; what follows > is left out."""
        rest = self.argv[1:]
        return [
            word.strip("'\"")
            for before, word in zip(["", *rest], rest, strict=False)
            if not word.startswith("-") and not _REDIRECTION.fullmatch(before) and not _REDIRECTED.match(word)
        ]

    @property
    def writes(self) -> bool:
        """Whether its output goes into a file."""
        return any(_OUTPUT.match(word.text) for word in self.words)

    def has(self, *options: str) -> bool:
        """Whether one of these options is given: `--long`, or a letter `-x` that may stand among others (-axz)."""
        return any(_is_option(given, wanted) for given in self.options for wanted in options)

    def variables(self) -> list[str]:
        """The variables it uses, in quotes or not."""
        return [match[1] or match[2] for word in self.words for match in _VARIABLE.finditer(word.text)]


def simple_commands(script: str) -> list[Simple]:
    """The simple commands of a script in order; comments and here-documents are left out."""
    text = _HEREDOC.sub(lambda match: match[0][: match.start(3) - match.start()] + _blank(match[3]) + "\n", script)
    found: list[Simple] = []
    words: list[Word] = []
    separator = ""
    at = 0
    while at < len(text):
        mark = next((mark for mark in _SEPARATORS if text.startswith(mark, at)), "")
        if mark and not _is_redirection(text, at):
            if words:
                found.append(Simple(words, separator, mark))
                words = []
            separator = mark
            at += len(mark)
        elif text[at] in " \t":
            at += 1
        elif text[at] == "#":
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        else:
            word, at = _word(text, at)
            words.append(word)
    if words:
        found.append(Simple(words, separator))
    return found


def _is_option(given: str, wanted: str) -> bool:
    if wanted.startswith("--"):
        return given == wanted or given.startswith(f"{wanted}=")
    return not given.startswith("--") and wanted[1] in given[1:]


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text).replace("\n", " ")


def _is_redirection(text: str, at: int) -> bool:
    """`2>&1` and `&>` are no background job."""
    return text[at] == "&" and (text[at - 1 : at] in ("<", ">") or text[at + 1 : at + 2] == ">")


def _word(text: str, at: int) -> tuple[Word, int]:
    """One word from `at`, and where it ends."""
    word = Word("", at)
    quote = ""
    start = at
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'":
            at += 2
            continue
        if quote == '"' and text.startswith("$(", at):
            at = _closing(text, at + 1) + 1
            continue
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in " \t\n;()|" or (char == "&" and not _is_redirection(text, at)):
            if char != "(" or text[at - 1 : at] != "$":
                break
            at = _closing(text, at)
        elif match := _VARIABLE.match(text, at):
            if not _ASSIGNMENT.match(text[start:at]):
                word.bare.append((match[1] or match[2], at))
            at = match.end()
            continue
        at += 1
    word.text = text[start : min(at, len(text))]
    return word, max(at, start + 1)


def _closing(text: str, at: int) -> int:
    """The ) that closes the ( at `at`, or the text's last character."""
    depth = 0
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text) - 1
