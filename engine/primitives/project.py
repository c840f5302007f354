"""Where this checkout lies: the files that ship with it are found from here; reads none of them."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
