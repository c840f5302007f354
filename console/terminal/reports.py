"""Puts a record's report beside the ledger, where a person finds it; what it says is the incidents' business."""

from __future__ import annotations

import os
from pathlib import Path

from console.terminal.session import Session
from incidents.report import markdown


def write_report(session: Session, incident: str, target: Path | None = None) -> Path:
    """Writes the report whole or not at all, for our eyes only, and answers where. Raises OSError."""
    path = target or session.settings.home / "reports" / f"{incident}.md"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(markdown(session.ledger, incident))
    beside.replace(path)
    return path
