"""Puts reports and bundles where a person finds them, and asks for proofs; what they say is the incidents' business."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from console.terminal.problem import Problem
from console.terminal.session import Session
from incidents.proof import Proof
from incidents.signing import HeadText, read_head


def report_text(session: Session, incident: str, format: str = "md") -> str:
    """The report as text: md, html or json."""
    from incidents.report import html, markdown, record_json

    match format:
        case "html":
            return html(session.ledger, incident, session.keys)
        case "json":
            return record_json(session.ledger, incident).decode() + "\n"
        case _:
            return markdown(session.ledger, incident, session.keys)


def write_report(session: Session, incident: str, target: Path | None = None, format: str = "md") -> Path:
    """Writes the report whole or not at all, for our eyes only, and answers where. Raises OSError."""
    path = target or session.settings.home / "reports" / f"{incident}.{format}"
    text = report_text(session, incident, format)
    _whole_or_not_at_all(path, lambda beside: _write(beside, text))
    return path


def write_bundle(session: Session, incident: str, path: Path) -> tuple[Path, str]:
    """Writes the bundle whole or not at all; answers where, and its SHA-256. Raises OSError."""
    from incidents.bundle import pack

    _whole_or_not_at_all(path, lambda beside: pack(session.ledger, incident, session.keys, beside))
    with path.open("rb") as file:
        return path, hashlib.file_digest(file, "sha256").hexdigest()


def prove_record(session: Session, incident: str, heads: Sequence[str]) -> Proof:
    """What checking a record of the ledger shows."""
    from incidents.linked import streams
    from incidents.proof import prove

    return prove(incident, streams(session.ledger, incident), session.ledger, _heads(heads))


def prove_bundle(session: Session, path: Path, heads: Sequence[str]) -> Proof:
    """What checking a bundle shows; keys of this home are believed. Raises Problem when there is no such file."""
    from incidents.bundle import check_bundle

    try:
        return check_bundle(path, _heads(heads), session.keys.ids())
    except OSError as wrong:
        raise Problem(
            f"{path} cannot be read: {wrong.strerror}.", then="./inv incident.export ID --out FILE.zip"
        ) from None


def _heads(texts: Sequence[str]) -> list[HeadText]:
    try:
        return [read_head(text) for text in texts]
    except ValueError as wrong:
        raise Problem(f"{wrong}.", then="find it in a report, under Chain") from None


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _whole_or_not_at_all(path: Path, write: Callable[[Path], None]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        write(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
