"""Keys are made on first use, for their owner only; a rotation is endorsed; a head is what was signed, or nothing."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from incidents.signing import HeadText, KeyRing, follows, head_message, is_genuine, key_id, read_head

HEAD = HeadText("INC-20261123-1430-7K3FQ", 12, "ab" * 32)


def test_the_first_signature_makes_a_key_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    ring = KeyRing(folder)
    assert ring.ids() == []
    signature = ring.sign(head_message(HEAD))
    assert is_genuine(signature, head_message(HEAD))
    assert ring.ids() == [signature.key] == [key_id(signature.public)]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert KeyRing(folder).sign(head_message(HEAD)) == signature, "signatures are deterministic, and keys are kept"


def test_what_was_not_signed_is_not_genuine(tmp_path: Path) -> None:
    signature = KeyRing(tmp_path / "a").sign(head_message(HEAD))
    other = KeyRing(tmp_path / "b").sign(head_message(HEAD))
    assert not is_genuine(signature, head_message(replace(HEAD, seq=13)))
    assert not is_genuine(replace(signature, signature=other.signature), head_message(HEAD))
    assert not is_genuine(replace(other, key=signature.key), head_message(HEAD)), "a key is called by its own hash"
    assert not is_genuine(replace(signature, public="zz"), head_message(HEAD))
    assert not is_genuine(replace(signature, signature=""), head_message(HEAD))


def test_a_rotation_is_endorsed_by_the_key_before(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path)
    first = ring.sign(b"x").key
    second, third = ring.rotate(), ring.rotate()
    assert ring.sign(b"x").key == third
    assert ring.ids()[-1] == third
    assert set(ring.ids()) == {first, second, third}
    assert follows(third, first, ring.endorsements())
    assert not follows(first, third, ring.endorsements())
    stranger = KeyRing(tmp_path / "stranger").sign(b"x").key
    assert not follows(stranger, first, ring.endorsements())
    forged = [replace(given, public=KeyRing(tmp_path / "stranger").sign(b"x").public) for given in ring.endorsements()]
    assert not follows(stranger, first, forged)


def test_many_that_sign_first_at_once_agree_on_one_key(tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(KeyRing(tmp_path).sign(b"x").key)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_head_reads_back(tmp_path: Path) -> None:
    for head in (HEAD, replace(HEAD, key="0123456789abcdef")):
        assert read_head(f" {head} ") == head
    for wrong in ("", "INC-1", f"INC-1#x:{'ab' * 32}", f"INC-1#1:{'AB' * 32}", f"{HEAD}@key", "x" * 10_000):
        with pytest.raises(ValueError, match="is no head"):
            read_head(wrong)
