"""`download`: fetches a file from the host into the record, hashed on both sides."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, ClassVar

from pydantic import Field

from engine.primitives.scope import Scope
from engine.primitives.types import Size, StepId, Template
from engine.words.evidence import LARGEST
from engine.words.word import Deed, Effect, Scene, Word
from incidents.vocabulary.run import EvidenceKept


class Download(Word):
    """Fetch a file from the host into the record, whole or not at all.

    download: {from: "/var/log/{{ unit }}.log", as: log, max: 20MB}
    """

    word: ClassVar[str] = "download"

    from_: Template = Field(alias="from")
    """The path on the host; a relative one starts at the home directory."""
    as_: StepId = Field(alias="as")
    """What the record calls it."""
    max: Annotated[Size, Field(le=LARGEST)] = 10_000_000
    """A larger file is refused; `evidence` keeps a part instead."""

    @property
    def effect(self) -> Effect:
        """A read."""
        return "read"

    def show(self, scope: Scope) -> str:
        """What is fetched, and its name in the record."""
        return f"download {self.from_.render(scope)} as {self.as_}"

    def perform(self, scene: Scene) -> Deed:
        """Fetches it into memory by way of a private folder, and keeps it as evidence."""
        try:
            source = self.from_.render(scene.scope)
        except ValueError as problem:
            return Deed("failed", str(problem))
        with TemporaryDirectory(prefix="watchbook-") as folder:
            arrived = Path(folder) / "file"
            moved = scene.place.get(source, arrived, limit=self.max, timeout=scene.timeout)
            if moved.problem:
                return Deed("failed", f"{source} did not arrive", moved.problem)
            data = arrived.read_bytes()
        stored = scene.keep(self.as_, data)
        scene.record(
            EvidenceKept(
                name=self.as_,
                source=source,
                length=moved.length,
                sha256=moved.sha256,
                host_sha256=moved.host_sha256,
                output=stored.output,
                clock_offset=scene.place.facts().clock_offset,
                stored=stored.sha256,
            )
        )
        return Deed("ok", f"{moved.length:,} bytes, sha256 {moved.sha256[:12]}…")
