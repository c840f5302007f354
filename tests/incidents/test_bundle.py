"""A bundle is the same bytes every time, has everything in it, and one that is hostile is refused in words."""

from __future__ import annotations

import json
import os
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from incidents.bundle import check_bundle, pack
from incidents.bundle.layout import MANIFEST
from incidents.ledger.protocol import Ledger
from incidents.signing import KeyRing
from tests.incidents.true_story import EVIDENCE, INC, OUTPUT, RUN, tell


@pytest.fixture
def bundle(ledger: Ledger, tmp_path: Path) -> Path:
    tell(ledger)
    pack(ledger, INC, KeyRing(tmp_path / "keys"), tmp_path / "bundle.zip")
    return tmp_path / "bundle.zip"


def test_the_same_record_gives_the_same_bytes(ledger: Ledger, bundle: Path, tmp_path: Path) -> None:
    pack(ledger, INC, KeyRing(tmp_path / "keys"), tmp_path / "again.zip")
    assert bundle.read_bytes() == (tmp_path / "again.zip").read_bytes()


def test_it_has_everything(bundle: Path) -> None:
    with ZipFile(bundle) as file:
        manifest = json.loads(file.read(MANIFEST))
        assert {part["name"] for part in manifest["files"]} | {MANIFEST, "manifest.signature.json"} == set(
            file.namelist()
        )
        outputs = {output["output"]: file.read(output["file"]) for output in manifest["outputs"]}
        assert outputs == {"restart/web-1/1/out": OUTPUT, "evidence/web-1/1/log": EVIDENCE}
        assert all(piece["recorded"] for output in manifest["outputs"] for piece in output["pieces"])
        assert len(file.read(f"streams/{RUN}.jsonl").splitlines()) == 11
    proof = check_bundle(bundle, [])
    assert not proof.flaws


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", os.urandom(500), b"PK\x05\x06" + bytes(18)], ids=range(5))
def test_what_is_no_bundle_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(data)
    [flaw] = check_bundle(tmp_path / "x.zip", []).flaws
    assert "no whole bundle" in flaw.what


@pytest.mark.parametrize(
    "manifest",
    [
        "[]", "{}", "[" * 100_000, '{"schema": "watchbook/bundle/1"}', '{"schema": "watchbook/bundle/2"}',
        '{"schema": "watchbook/bundle/1", "incident": 1, "streams": 7, "outputs": [], "files": [], "endorsements": []}',
    ],
    ids=range(6),
)  # fmt: skip
def test_a_hostile_manifest_is_a_flaw(tmp_path: Path, manifest: str) -> None:
    with ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr(MANIFEST, manifest)
        file.writestr("manifest.signature.json", '{"key": "", "public": "", "signature": ""}')
    assert check_bundle(tmp_path / "x.zip", []).flaws


def test_a_bomb_does_not_go_off(bundle: Path, tmp_path: Path) -> None:
    """A part that is far larger than its manifest says is read no further than that."""
    with ZipFile(bundle) as true, ZipFile(tmp_path / "bomb.zip", "w", ZIP_DEFLATED) as bomb:
        for name in true.namelist():
            bomb.writestr(name, bytes(200_000_000) if name == "report.md" else true.read(name))
    flaws = check_bundle(tmp_path / "bomb.zip", []).flaws
    assert any(flaw.where == "report.md" for flaw in flaws)
