"""Keeps secrets out of every byte stream, by value; knows no stream's purpose and hands no secret on."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable

from incidents.secret import Secret

SHORTEST = 6
"""Characters. A shorter text stands in ordinary output by chance, and masking it would black out half of it."""
_NAMELESS = b"[***]"


class TooShort(ValueError):
    """A secret that cannot be scrubbed; the message says why."""


class Scrubber:
    """Writes `[secret NAME]` wherever one of its secrets stands, in any form. Safe to share between threads."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._cover = _Cover(secrets)

    def text(self, text: str) -> str:
        """A whole text, scrubbed."""
        return self.bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def bytes(self, data: builtins.bytes) -> builtins.bytes:
        """Whole data, scrubbed."""
        return self._cover(data, final=True)[0]

    def stream(self) -> ScrubbedStream:
        """A stream that comes in pieces; cutting it elsewhere changes nothing in what comes out."""
        return ScrubbedStream(self._cover)


class ScrubbedStream:
    """One stream on its way through a scrubber. Holds back less than the longest form of a secret.

    Fails closed: when covering raises, what was fed is neither given out nor forgotten.
    """

    def __init__(self, cover: _Cover) -> None:
        self._cover = cover
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Takes a piece, gives back what is safe by now."""
        self._held += data
        safe, self._held = self._cover(self._held, final=False)
        return safe

    def finish(self) -> bytes:
        """The rest: the stream has ended."""
        safe, self._held = self._cover(self._held, final=True)
        return safe


class _Cover:
    """Finds every form of every secret, leftmost and longest first, and covers it with its mask."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        names: dict[bytes, str] = {}
        for secret in secrets:
            forms = secret.forms()
            if len(min(forms, key=len)) < SHORTEST:
                raise TooShort(
                    f"The secret {secret.name} is shorter than {SHORTEST} characters: "
                    "it cannot be told from ordinary text, so it cannot be kept out of the record."
                )
            for form in forms:
                names.setdefault(form, secret.name)
        self._longest_first = sorted(names, key=lambda form: (-len(form), form))
        self._whole = _any_of(self._longest_first)
        self._heads = re.compile(b"(?=" + _any_of({form[:SHORTEST] for form in names}).pattern + b")")
        self._openings = {form[:length] for form in names for length in range(1, SHORTEST)}
        self._masks = {form: self._mask(name) for form, name in names.items()}

    def __call__(self, data: bytes, *, final: bool) -> tuple[bytes, bytes]:
        """What can be given out, and the rest, which may yet turn out to be the beginning of a secret."""
        if not self._masks:
            return data, b""
        undecided = len(data) if final else self._undecided(data)
        out: list[bytes] = []
        done = 0
        for found in self._whole.finditer(data):
            if found.start() >= undecided:
                break
            out += data[done : found.start()], self._masks[found[0]]
            done = found.end()
        cut = max(done, undecided)
        out.append(data[done:cut])
        return b"".join(out), data[cut:]

    def _undecided(self, data: bytes) -> int:
        """Where the first form begins that the end of the data cuts off."""
        start = max(0, len(data) - len(self._longest_first[0]) + 1)
        for found in self._heads.finditer(data, start):
            rest = data[found.start() :]
            if any(len(form) > len(rest) and form.startswith(rest) for form in self._longest_first):
                return found.start()
        for at in range(max(start, len(data) - SHORTEST + 1), len(data)):
            if data[at:] in self._openings:
                return at
        return len(data)

    def _mask(self, name: str) -> bytes:
        """The name in brackets, unless that itself would show a secret."""
        named = f"[secret {name}]".encode()
        return _NAMELESS if self._whole.search(named) else named


def _any_of(literals: Iterable[bytes]) -> re.Pattern[bytes]:
    """Matches the first of these; with none, nothing."""
    return re.compile(b"|".join(map(re.escape, literals)) or b"(?!)")
