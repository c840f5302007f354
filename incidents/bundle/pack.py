"""Writes a record into a bundle: the same record gives the same bytes, whenever and wherever it is packed."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from incidents import linked
from incidents.bundle.layout import (
    HTML,
    MANIFEST,
    MARKDOWN,
    RECORD,
    SEAL,
    Manifest,
    Output,
    Part,
    Piece,
    Stream,
    event_line,
    events_name,
    manifest_message,
    write_manifest,
)
from incidents.chain import canonical, timestamp
from incidents.event import Event
from incidents.ledger.protocol import Chunk, Ledger
from incidents.report import html, markdown, record_json
from incidents.signing import HeadText, KeyRing, head_message

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can say: that of the packing would make every bundle another one."""
_PERMISSIONS = 0o600 << 16


def pack(ledger: Ledger, incident: str, keys: KeyRing, target: Path) -> None:
    """Writes the bundle of a record. Raises InvalidRequest when there is none of this id, and OSError."""
    reports = {
        MARKDOWN: markdown(ledger, incident, keys).encode(),
        HTML: html(ledger, incident, keys).encode(),
        RECORD: record_json(ledger, incident),
    }
    streams = {name: events for name, events in linked.streams(ledger, incident).items() if events}
    with ZipFile(target, "w", ZIP_DEFLATED) as file:
        parts = [_add(file, name, [data]) for name, data in sorted(reports.items())]
        parts += [_add(file, events_name(name), map(event_line, events)) for name, events in sorted(streams.items())]
        outputs = [_output(ledger, name, kept.output) for name in sorted(streams) for kept in ledger.outputs(name)]
        written: set[str] = set()
        for output in outputs:
            if output.file not in written:
                written.add(output.file)
                data = (chunk.data for chunk in ledger.output(output.stream, output.output))
                parts.append(_add(file, output.file, data))
        manifest = write_manifest(
            Manifest(
                incident=incident,
                streams=[_stream(ledger, name, events[-1], keys) for name, events in sorted(streams.items())],
                outputs=outputs,
                files=parts,
                endorsements=keys.endorsements(),
            )
        )
        _add(file, MANIFEST, [manifest])
        _add(file, SEAL, [canonical(asdict(keys.sign(manifest_message(manifest))))])


def _stream(ledger: Ledger, name: str, last: Event, keys: KeyRing) -> Stream:
    head = ledger.head(name)
    assert head is not None
    signature = keys.sign(head_message(HeadText(name, last.seq, last.hash)))
    return Stream(name, head.kind, last.seq, last.hash, timestamp(head.opened), timestamp(last.recorded), signature)


def _output(ledger: Ledger, stream: str, output: str) -> Output:
    digest = hashlib.sha256()
    pieces: list[Piece] = []
    for chunk in ledger.output(stream, output):
        digest.update(chunk.data)
        pieces.append(_piece(chunk))
    length = sum(piece.length for piece in pieces)
    return Output(stream, output, length, f"outputs/{digest.hexdigest()}", pieces)


def _piece(chunk: Chunk) -> Piece:
    return Piece(chunk.offset, len(chunk.data), timestamp(chunk.recorded) if chunk.recorded else "")


def _add(file: ZipFile, name: str, pieces: Iterable[bytes]) -> Part:
    info = ZipInfo(name, _EPOCH)
    info.compress_type, info.external_attr, info.create_system = ZIP_DEFLATED, _PERMISSIONS, 3
    digest, length = hashlib.sha256(), 0
    with file.open(info, "w", force_zip64=True) as member:
        for piece in _large(pieces):
            member.write(piece)
            digest.update(piece)
            length += len(piece)
    return Part(name, length, digest.hexdigest())


def _large(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Deflate's bytes depend on how its input was cut: always in the same pieces."""
    held = io.BytesIO()
    for piece in pieces:
        held.write(piece)
        if held.tell() >= _AT_ONCE:
            whole = held.getvalue()
            yield whole[:_AT_ONCE]
            held = io.BytesIO()
            held.write(whole[_AT_ONCE:])
    rest = held.getvalue()
    for start in range(0, len(rest), _AT_ONCE):
        yield rest[start : start + _AT_ONCE]


_AT_ONCE = 1 << 20
