"""Heads of streams, signed with Ed25519, and the keys that sign them; knows no ledger."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_HEAD = re.compile(r"([A-Za-z0-9][\w.-]{0,63})#(\d{1,9}):([0-9a-f]{64})(?:@([0-9a-f]{16}))?", re.ASCII)
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_ENDORSES = b"watchbook/key/1\n"


@dataclass(frozen=True, slots=True)
class HeadText:
    """A head as it is printed: `INC-…#12:HASH@KEY`; `key` is empty where none was said."""

    stream: str
    seq: int
    hash: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq}:{self.hash}" + (f"@{self.key}" if self.key else "")


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed (the id of the key, and the key itself), and the signature; all hexadecimal."""

    key: str
    public: str
    signature: str


@dataclass(frozen=True, slots=True)
class Endorsement:
    """At a rotation: the old key's signature over the new one, which proves that the new one follows it."""

    public: str
    by: Signature

    @property
    def holds(self) -> bool:
        """Whether the old key really said so."""
        return is_genuine(self.by, _ENDORSES + bytes.fromhex(self.public))


def read_head(text: str) -> HeadText:
    """A head that somebody kept. Raises ValueError."""
    match = _HEAD.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text.strip()[:80]!r} is no head: it looks like INC-20261123-1430-7K3FQ#12:HASH@KEY")
    return HeadText(match[1], int(match[2]), match[3], match[4] or "")


def head_message(head: HeadText) -> bytes:
    """What is signed of a head: the stream, the seq and the hash."""
    return b"watchbook/head/1\n" + f"{head.stream}#{head.seq}:{head.hash}".encode()


class KeyRing:
    """The keys of one home, as files (0600) in a folder (0700); the first is made when something is first signed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def sign(self, message: bytes) -> Signature:
        """Signs with the key that is in use."""
        name = self._current() or self._make(first=True)
        key = self._private(name)
        return Signature(name, _hex(key.public_key()), key.sign(message).hex())

    def rotate(self) -> str:
        """Makes a new key, endorsed by the one in use, and uses it from now on. Answers its id."""
        return self._make(first=self._current() is None)

    def ids(self) -> list[str]:
        """Every key there is, the one in use last."""
        current = self._current()
        names = sorted(path.stem for path in self._folder.glob("*.key") if _KEY_ID.fullmatch(path.stem))
        return sorted(names, key=lambda name: name == current)

    def endorsements(self) -> list[Endorsement]:
        """One for each rotation there was."""
        files = sorted(self._folder.glob("*.endorsed"))
        found = [path.read_text(encoding="ascii").split() for path in files]
        return [Endorsement(new, Signature(key, old, signature)) for new, key, old, signature in found]

    def _current(self) -> str | None:
        try:
            name = (self._folder / "current").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        return name if _KEY_ID.fullmatch(name) else None

    def _private(self, name: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes((self._folder / f"{name}.key").read_bytes())

    def _make(self, *, first: bool) -> str:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        public = _hex(key.public_key())
        name = key_id(public)
        self._write(f"{name}.key", key.private_bytes_raw())
        if not first:
            by = self.sign(_ENDORSES + bytes.fromhex(public))
            self._write(f"{name}.endorsed", f"{public} {by.key} {by.public} {by.signature}\n".encode())
        pointer = self._folder / f".{name}.current"
        self._write(pointer.name, f"{name}\n".encode())
        if not first:
            pointer.replace(self._folder / "current")
            return name
        try:
            os.link(pointer, self._folder / "current")  # two that sign for the first time at once agree on one key
        except FileExistsError:
            (self._folder / f"{name}.key").unlink()
        pointer.unlink()
        return self._current() or name

    def _write(self, name: str, data: bytes) -> None:
        fd = os.open(self._folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(fd, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def key_id(public: str) -> str:
    """What a public key is called: the first 16 digits of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:16]


def is_genuine(signature: Signature, message: bytes) -> bool:
    """Whether this key signed these bytes, and is the key it says."""
    try:
        if key_id(signature.public) != signature.key:
            return False
        _public(signature.public).verify(bytes.fromhex(signature.signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def follows(key: str, trusted: str, endorsements: Sequence[Endorsement]) -> bool:
    """Whether a key is the trusted one, or one that it endorsed, or one that such a one endorsed."""
    reached = {trusted}
    for _ in endorsements:
        reached |= {key_id(given.public) for given in endorsements if given.by.key in reached and given.holds}
    return key in reached


def _public(public: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))


def _hex(key: Ed25519PublicKey) -> str:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw).hex()
