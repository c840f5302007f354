"""What a bundle is made of, version 1: names, the manifest, and events as lines; knows no zip and no ledger."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from incidents.chain import canonical, timestamp
from incidents.event import Actor, Event, Json, Subject
from incidents.signing import Endorsement, HeadText, Signature

SCHEMA = "watchbook/bundle/1"
MANIFEST, SEAL = "manifest.json", "manifest.signature.json"
MARKDOWN, HTML, RECORD = "report.md", "report.html", "record.json"


class Malformed(ValueError):
    """A part of a bundle that is not what it should be."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the bundle."""

    name: str
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream, where it ends, and the signature over its head."""

    stream: str
    kind: str
    seq: int
    hash: str
    opened: str
    last: str
    signature: Signature

    @property
    def head(self) -> HeadText:
        """As it is signed and printed."""
        return HeadText(self.stream, self.seq, self.hash)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of an output from `offset`, and when the ledger had them (empty: not known)."""

    offset: int
    length: int
    recorded: str


@dataclass(frozen=True, slots=True)
class Output:
    """An output of a stream and the file that has its bytes."""

    stream: str
    output: str
    length: int
    file: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is in the bundle."""

    incident: str
    streams: list[Stream]
    outputs: list[Output]
    files: list[Part]
    endorsements: list[Endorsement]


def manifest_message(manifest: bytes) -> bytes:
    """What is signed of a manifest: all of it."""
    return b"watchbook/manifest/1\n" + manifest


def events_name(stream: str) -> str:
    """The file that has a stream's events, one a line."""
    return f"streams/{stream}.jsonl"


def write_manifest(manifest: Manifest) -> bytes:
    """The manifest's bytes."""
    return canonical({"schema": SCHEMA, **asdict(manifest)})


def read_manifest(data: Json) -> Manifest:
    """The manifest of its JSON. Raises Malformed."""
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise Malformed(f"it is no {SCHEMA}")
    try:
        return Manifest(
            incident=_text(data["incident"]),
            streams=[
                Stream(**{**_checked(Stream, entry), "signature": read_signature(entry["signature"])})
                for entry in _list(data["streams"])
            ],
            outputs=[
                Output(
                    **{
                        **_checked(Output, entry),
                        "pieces": [Piece(**_checked(Piece, p)) for p in _list(entry["pieces"])],
                    }
                )
                for entry in _list(data["outputs"])
            ],
            files=[Part(**_checked(Part, entry)) for entry in _list(data["files"])],
            endorsements=[
                Endorsement(_text(entry["public"]), read_signature(entry["by"]))
                for entry in _list(data["endorsements"])
            ],
        )
    except (KeyError, TypeError) as wrong:
        raise Malformed(f"its manifest is misshapen: {wrong}") from None


def read_signature(data: Json) -> Signature:
    """A signature of its JSON. Raises Malformed."""
    return Signature(**_checked(Signature, data))


def event_line(event: Event) -> bytes:
    """An event as a line; its position is another in every ledger and left out."""
    line: dict[str, Json] = {
        "stream": event.stream,
        "seq": event.seq,
        "at": timestamp(event.at),
        "recorded": timestamp(event.recorded),
        "actor": asdict(event.actor),
        "kind": event.kind,
        "v": event.v,
        "subject": asdict(event.subject),
        "data": None if event.data is None else dict(event.data),
        "salt": event.salt.hex(),
        "digest": event.digest,
        "prev": event.prev,
        "hash": event.hash,
    }
    return canonical(line) + b"\n"


def read_event(line: Json, position: int) -> Event:
    """The event of a line. Raises Malformed."""
    if not isinstance(line, dict):
        raise Malformed("a line is no event")
    try:
        data = line["data"]
        if data is not None and not isinstance(data, dict):
            raise Malformed("an event's data is no object")
        actor = _checked(Actor, line["actor"])
        return Event(
            stream=_text(line["stream"]),
            seq=_whole(line["seq"]),
            position=position,
            at=datetime.fromisoformat(_text(line["at"])),
            recorded=datetime.fromisoformat(_text(line["recorded"])),
            actor=Actor(**actor),
            kind=_text(line["kind"]),
            v=_whole(line["v"]),
            subject=Subject(**_checked(Subject, line["subject"])),
            data=data,
            salt=bytes.fromhex(_text(line["salt"])),
            digest=_text(line["digest"]),
            prev=_text(line["prev"]),
            hash=_text(line["hash"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise Malformed(f"an event is misshapen: {wrong}") from None


_TYPES = {"str": str, "int": int, "Assurance": str}


def _checked(shape: type[Any], data: Json) -> dict[str, Any]:
    """The fields of a dataclass, texts and numbers of the right type. Raises TypeError and KeyError."""
    if not isinstance(data, dict) or set(data) != {field.name for field in fields(shape)}:
        raise TypeError(f"no {shape.__name__}: {str(data)[:80]}")
    for field in fields(shape):
        wanted = _TYPES.get(str(field.type))
        if wanted and (not isinstance(data[field.name], wanted) or isinstance(data[field.name], bool)):
            raise TypeError(f"{field.name} of a {shape.__name__} is no {field.type}")
    return dict(data)


def _list(data: Json) -> list[Any]:
    if not isinstance(data, list):
        raise TypeError("a list is expected")
    return data


def _text(data: Json) -> str:
    if not isinstance(data, str):
        raise TypeError("a text is expected")
    return data


def _whole(data: Json) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise TypeError("a whole number is expected")
    return data
