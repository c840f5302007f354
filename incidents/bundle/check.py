"""Checks a bundle alone: its files, its signatures, then the record in it; everything in it may be hostile."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from incidents.bundle.layout import (
    MANIFEST,
    SEAL,
    Malformed,
    Manifest,
    Output,
    events_name,
    manifest_message,
    read_event,
    read_manifest,
    read_signature,
)
from incidents.event import Event, Json
from incidents.ledger.protocol import Chunk, Head, Kept, StreamKind
from incidents.proof import Flaw, Proof, prove
from incidents.signing import HeadText, Signature, follows, head_message, is_genuine

LONGEST_MANIFEST = 64 * 1024 * 1024
LONGEST_STREAM = 1024 * 1024 * 1024
_AT_ONCE = 1 << 20


@dataclass(slots=True)
class _Bundle:
    """An open bundle, read as a ledger is."""

    file: ZipFile
    manifest: Manifest
    streams: dict[str, list[Event]] = field(default_factory=dict)

    def head(self, stream: str) -> Head | None:
        for entry in self.manifest.streams:
            if entry.stream == stream:
                opened, last = datetime.fromisoformat(entry.opened), datetime.fromisoformat(entry.last)
                kind: StreamKind = "run" if entry.kind == "run" else "incident"
                return Head(stream, kind, entry.seq, entry.hash, opened, last)
        return None

    def outputs(self, stream: str) -> list[Kept]:
        return [Kept(output.output, output.length) for output in self._outputs(stream)]

    def output(self, stream: str, output: str, offset: int = 0) -> Iterator[Chunk]:
        [entry] = [entry for entry in self._outputs(stream) if entry.output == output]
        for data in _read(self.file, entry.file, entry.length):
            yield Chunk(stream, output, offset, data)
            offset += len(data)

    def _outputs(self, stream: str) -> list[Output]:
        return [output for output in self.manifest.outputs if output.stream == stream]


def check_bundle(path: Path, heads: Iterable[HeadText], known_keys: Iterable[str] = ()) -> Proof:
    """What checking a bundle shows. `heads` were kept outside, `known_keys` are ids of keys that are believed.

    Raises OSError; whatever is wrong inside is a flaw.
    """
    heads = list(heads)
    try:
        with ZipFile(path) as file:
            bundle, seal, flaws = _open(file)
            flaws += _signed(bundle.manifest, seal, heads)
            proof = prove(bundle.manifest.incident, bundle.streams, bundle, heads)
    except (
        BadZipFile,
        Malformed,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
        KeyError,
    ) as bad:
        return Proof([], [Flaw(path.name, f"is no whole bundle: {bad}")], [])
    unknown = list(proof.unknown)
    believed = {*known_keys, *(head.key for head in heads if head.key)}
    if not any(follows(seal.key, key, bundle.manifest.endorsements) for key in believed):
        unknown.append(
            f"Whether the key {seal.key} is that of the ledger it says: only its id from elsewhere, or the ledger's "
            "own keys, can show that; the reports in the bundle are as true as the key."
        )
    ends = [replace(head, key=seal.key) for head in proof.heads]
    return Proof(ends, [*flaws, *proof.flaws], unknown)


def _open(file: ZipFile) -> tuple[_Bundle, Signature, list[Flaw]]:
    written = _whole(file, MANIFEST, LONGEST_MANIFEST)
    manifest = read_manifest(_json(written))
    seal = read_signature(_json(_whole(file, SEAL, LONGEST_MANIFEST)))
    flaws = []
    if not is_genuine(seal, manifest_message(written)):
        flaws.append(Flaw(MANIFEST, f"was changed, or was not signed by the key {seal.key}"))
    flaws += _files(file, manifest)
    bundle = _Bundle(file, manifest)
    for entry in manifest.streams:
        lines = _whole(file, events_name(entry.stream), LONGEST_STREAM).splitlines()
        bundle.streams[entry.stream] = [read_event(_json(line), n) for n, line in enumerate(lines, 1)]
    return bundle, seal, flaws


def _files(file: ZipFile, manifest: Manifest) -> Iterator[Flaw]:
    """Exactly the files of the manifest, byte by byte."""
    names = [info.filename for info in file.infolist()]
    listed = {part.name: part for part in manifest.files}
    if sorted(names) != sorted([*listed, MANIFEST, SEAL]):
        odd = sorted({*names} ^ {*listed, MANIFEST, SEAL}) or ["one is there twice"]
        yield Flaw(MANIFEST, f"does not list what is there: {', '.join(odd[:5])}")
    for name in {*listed} & {*names}:
        part, digest, length = listed[name], hashlib.sha256(), 0
        try:
            for data in _read(file, name, part.length + 1):
                digest.update(data)
                length += len(data)
        except (BadZipFile, zlib.error, EOFError) as bad:
            yield Flaw(name, f"is damaged: {bad}")
            continue
        if (length, digest.hexdigest()) != (part.length, part.sha256):
            yield Flaw(name, "was changed: its digest is not that of the manifest")
    for output in manifest.outputs:
        part_of = listed.get(output.file)
        if part_of is None or output.file != f"outputs/{part_of.sha256}" or part_of.length != output.length:
            yield Flaw(output.file, "is not the file that its name says")


def _signed(manifest: Manifest, seal: Signature, heads: Iterable[HeadText]) -> Iterator[Flaw]:
    for entry in manifest.streams:
        if entry.signature.key != seal.key or not is_genuine(entry.signature, head_message(entry.head)):
            yield Flaw(entry.stream, "its head was changed, or was not signed by the bundle's key")
    for head in heads:
        if head.key and not follows(seal.key, head.key, manifest.endorsements):
            yield Flaw(MANIFEST, f"was signed by the key {seal.key}; the head from outside names {head.key}")


def _whole(file: ZipFile, name: str, most: int) -> bytes:
    data = b"".join(_read(file, name, most + 1))
    if len(data) > most:
        raise Malformed(f"{name} has more than {most:,} bytes")
    return data


def _read(file: ZipFile, name: str, most: int) -> Iterator[bytes]:
    """A member's bytes, never more than `most`: what a zip says of its sizes may be a lie."""
    with file.open(name) as member:
        while most > 0 and (data := member.read(min(_AT_ONCE, most))):
            most -= len(data)
            yield data


def _json(data: bytes) -> Json:
    try:
        found: Json = json.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as bad:
        raise Malformed(f"a part is no JSON: {bad}") from None
    return found
