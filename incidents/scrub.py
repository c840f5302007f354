"""Keeps secrets out of every byte stream, by value; knows no stream's purpose and hands no secret on."""

from __future__ import annotations

import builtins
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from incidents.secret import Secret

SHORTEST = 6
"""Characters. A shorter text stands in ordinary output by chance, and masking it would black out half of it."""
_NAMELESS = b"[***]"
MOST_HELD = 64 * 1024
"""Bytes. A host could break lines inside a secret for ever; more than this is judged as it stands."""
_BETWEEN = re.compile(
    rb"[\x1b\\\r\n](?:"  # one set of first bytes: the search skips all others at once
    rb"(?<=\x1b)(?:\[[0-?]{0,32}[ -/]{0,8}[@-~]"  # colours, and whatever moves the cursor
    rb"|\][^\x07\x1b]{0,256}(?:\x07|\x1b\\)"  # titles and links
    rb"|[()][0-9A-B]|[=>78])"
    rb"|(?<=\\)[\r\n]{1,4}[ \t]{0,64}"  # a line that is continued, and the indentation of the next
    rb"|(?<=[\r\n])[\r\n]{0,3}[ \t]{0,64})"
)
"""What may stand between two characters of a secret without hiding it."""
_BEGUN = re.compile(rb"(?:\x1b(?:\[[0-?]{0,32}[ -/]{0,8}|\][^\x07\x1b]{0,256}\x1b?|[()])?|(?<!\x1b)\\)\Z")


class TooShort(ValueError):
    """A secret that cannot be scrubbed; the message says why."""


class Scrubber:
    """Writes `[secret NAME]` wherever one of its secrets stands, in any form. Safe to share between threads."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = list(secrets)
        self._cover = _Cover(self._secrets)

    def learn(self, secret: Secret) -> None:
        """One more secret, from the next byte on, in streams that have begun too. Raises TooShort."""
        secrets = [*self._secrets, secret]
        self._secrets, self._cover = secrets, _Cover(secrets)

    def text(self, text: str) -> str:
        """A whole text, scrubbed."""
        return self.bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def bytes(self, data: builtins.bytes) -> builtins.bytes:
        """Whole data, scrubbed."""
        return self.cover(data, final=True)[0]

    def stream(self) -> ScrubbedStream:
        """A stream that comes in pieces; cutting it elsewhere changes nothing in what comes out."""
        return ScrubbedStream(self)

    def cover(self, data: builtins.bytes, *, final: bool) -> tuple[builtins.bytes, builtins.bytes]:
        """What can be given out, and the rest, which may yet turn out to be the beginning of a secret."""
        return self._cover(data, final=final)


class ScrubbedStream:
    """One stream on its way through a scrubber. Holds back little more than the longest form of a secret.

    Fails closed: when covering raises, what was fed is neither given out nor forgotten.
    """

    def __init__(self, scrubber: Scrubber) -> None:
        self._scrubber = scrubber
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """Takes a piece, gives back what is safe by now."""
        self._held += data
        safe, self._held = self._scrubber.cover(self._held, final=False)
        return safe

    def finish(self) -> bytes:
        """The rest: the stream has ended."""
        safe, self._held = self._scrubber.cover(self._held, final=True)
        return safe


class _Cover:
    """Finds every form of every secret, leftmost and longest first, and covers it with its mask.

    Line breaks and terminal codes inside a secret do not hide it: it is looked for in the text as it is, and without.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        names: dict[bytes, str] = {}
        for secret in secrets:
            forms = secret.forms()
            if len(min(forms, key=len)) < SHORTEST:
                raise TooShort(
                    f"The secret {secret.name} is shorter than {SHORTEST} characters: "
                    "it cannot be told from ordinary text, so it cannot be kept out of the record."
                )
            for form in (*forms, *(_BETWEEN.sub(b"", form) for form in forms)):
                if len(form) >= SHORTEST:
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
        whole = data if final else data[: _begun(data)]
        plain = _BETWEEN.sub(b"", whole)
        places = _Places(whole, plain)
        spans = [(found.start(), found.end(), found[0]) for found in self._find(whole)]
        undecided = len(whole) if final else self._undecided(whole)
        if len(plain) < len(whole):
            found_plain = self._find(plain)
            spans += [(places[found.start()], places[found.end() - 1] + 1, found[0]) for found in found_plain]
            edge = len(plain) if final else self._undecided(plain)
            undecided = min(undecided, places[edge] if edge < len(plain) else len(whole))
        if len(whole) - undecided > MOST_HELD:
            undecided = len(whole)
        out: list[bytes] = []
        done = 0
        for start, end, form in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start >= max(done, undecided):
                break
            if start >= done:
                out += whole[done:start], self._masks[form]
            done = max(done, end)
        cut = max(done, undecided)
        out.append(whole[done:cut])
        return b"".join(out), data[cut:]

    def _find(self, data: bytes) -> Iterator[re.Match[bytes]]:
        """Each form that stands there. Looking for one at a time is far faster, and mostly finds that none does."""
        return self._whole.finditer(data) if any(form in data for form in self._longest_first) else iter(())

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


class _Places:
    """Where each byte of the plain text stands in the whole one; worked out when first asked."""

    def __init__(self, whole: bytes, plain: bytes) -> None:
        self._whole, self._same = whole, len(whole) == len(plain)
        self._kept: list[tuple[int, int]] = []
        """For each stretch of plain text: where it begins there, and where in the whole text."""

    def __getitem__(self, place: int) -> int:
        if self._same:
            return place
        if not self._kept:
            self._kept = list(self._stretches())
        begins, stands = self._kept[bisect_right(self._kept, (place, len(self._whole))) - 1]
        return stands + place - begins

    def _stretches(self) -> Iterator[tuple[int, int]]:
        removed = 0
        yield 0, 0
        for gap in _BETWEEN.finditer(self._whole):
            yield gap.start() - removed, gap.end()
            removed += gap.end() - gap.start()


def _begun(data: bytes) -> int:
    """Where a terminal code begins that the end of the data may have cut off."""
    found = _BEGUN.search(data, max(0, len(data) - 300))
    return found.start() if found else len(data)


def _any_of(literals: Iterable[bytes]) -> re.Pattern[bytes]:
    """Matches the first of these; with none, nothing."""
    return re.compile(b"|".join(map(re.escape, literals)) or b"(?!)")
