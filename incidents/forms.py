"""Every form in which a secret text may turn up in output: as it is, and as encoders and quoters write it."""

from __future__ import annotations

import base64
import html
import json
import re
import shlex
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

LEAF = 8
"""Characters. A shorter part of a secret document says little, and stands in ordinary output by chance."""
_BEGIN = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 ]+-----")


def forms(text: str) -> frozenset[bytes]:
    """The byte strings to look for: of the whole, and of each part that is a secret by itself."""
    parts = list(_parts(text))
    lines = {line.encode() for part in (text, *parts) for line in _pem_lines(part)}
    return frozenset(lines).union(*map(_forms, (text, *parts)))


def _parts(text: str) -> Iterator[str]:
    """The texts in a JSON document: output may show one of them alone."""
    if text.lstrip()[:1] in ("{", "["):
        try:
            yield from _leaves(json.loads(text))
        except (ValueError, RecursionError):
            return


def _pem_lines(text: str) -> Iterator[str]:
    """The lines of a key: base64 already, so they are written as they are."""
    if _BEGIN.search(text):
        yield from (line for line in text.split() if len(line) >= LEAF and re.fullmatch(r"[A-Za-z0-9+/=]+", line))


def _leaves(value: object) -> Iterator[str]:
    match value:
        case str():
            if len(value) >= LEAF:
                yield value
                yield from _parts(value)
        case dict():
            for inner in value.values():
                yield from _leaves(inner)
        case list():
            for inner in value:
                yield from _leaves(inner)
        case _:
            return


def _forms(text: str) -> frozenset[bytes]:
    raw = text.encode("utf-8", "surrogateescape")
    written = {form.encode("utf-8", "surrogateescape") for form in _written(text, raw)}
    return frozenset({raw} | written | set(_base64(raw)))


def _written(text: str, raw: bytes) -> Iterator[str]:
    yield raw.hex()
    yield raw.hex().upper()
    for url in (quote(raw, safe=""), quote(raw, safe="/"), quote_plus(raw)):
        yield url
        yield re.sub("%..", lambda found: found[0].lower(), url)
    for name in (json.dumps(text), json.dumps(text, ensure_ascii=False), repr(text)):
        yield name[1:-1]
        yield name[1:-1].replace("/", r"\/")
    marked = html.escape(text, quote=False)
    yield marked
    for double, single in (("&quot;", "&#x27;"), ("&quot;", "&#39;"), ("&#34;", "&#39;"), ("&quot;", "&apos;")):
        yield marked.replace('"', double).replace("'", single)
    yield shlex.quote(text).removeprefix("'").removesuffix("'")
    yield text.replace("'", r"'\''")
    yield re.sub(r'([\\"$`])', r"\\\1", text)
    yield re.sub(r"([^\w@%+=:,./-])", r"\\\1", text)


def _base64(raw: bytes) -> Iterator[bytes]:
    """The characters of base64 that the text alone decides, at each of the three places it can start at."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw)
        sure = coded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        yield sure
        yield sure.translate(bytes.maketrans(b"+/", b"-_"))
