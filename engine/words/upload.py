"""`upload`: puts a file of the project on the host, whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from engine.primitives.scope import Scope
from engine.primitives.types import Size, Template
from engine.words.word import Deed, Scene, Word

Mode = Annotated[str, Field(pattern=r"^0?[0-7]{3}$")]
LocalPath = Annotated[str, Field(min_length=1, max_length=500)]


class Upload(Word):
    """Put a file on the host: written beside its target, hashed on both sides, then renamed.

    upload: {from: files/logrotate.conf, to: /etc/logrotate.d/backend, mode: "0644"}
    """

    word: ClassVar[str] = "upload"

    from_: LocalPath = Field(alias="from")
    """A path inside the runbook's folder, or inside the project. The plan holds its hash."""
    to: Template
    """The path on the host; a relative one starts at the home directory."""
    mode: Mode = "0644"
    """Its permissions, in octal and in quotes."""
    max: Size = 10_000_000
    """A larger file is refused."""

    def show(self, scope: Scope) -> str:
        """From where to where."""
        return f"upload {self.from_} to {self.to.render(scope)}"

    def perform(self, scene: Scene) -> Deed:
        """Checks that the file is still the planned one, and puts it."""
        try:
            source = planned_file(self.from_, scene.files)
            target = self.to.render(scene.scope)
            digest = sha256_of(source)
        except (ValueError, OSError) as problem:
            return Deed("failed", str(problem))
        if digest != scene.files[str(source)]:
            return Deed("failed", f"{source} has changed since the run was planned; start a new run to use it")
        sent = scene.place.put(source, target, mode=int(self.mode, 8), limit=self.max, timeout=scene.timeout)
        if sent.problem:
            return Deed("failed", f"{self.from_} did not arrive", sent.problem)
        return Deed("ok", f"{sent.length:,} bytes, sha256 {sent.sha256[:12]}…")


def locate(name: str, folders: Sequence[Path]) -> Path:
    """The file that a book names, in the first of these folders that has it. Raises ValueError; never leaves them."""
    outside = f"{name} leads out of its folder; files to upload lie in the runbook's folder or in the project"
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise ValueError(outside)
    for folder in folders:
        path = folder.resolve() / name
        if path.is_file():
            if not path.resolve().is_relative_to(folder.resolve()):
                raise ValueError(outside)
            return path
    raise ValueError(f"there is no file {name}; looked in {' and '.join(map(str, folders))}")


def planned_file(name: str, files: Iterable[str]) -> Path:
    """The one file of a plan that a book calls by this name. Raises ValueError when there is none, or more."""
    parts = Path(name).parts
    found = [path for path in map(Path, files) if path.parts[-len(parts) :] == parts]
    if len(found) != 1:
        raise ValueError(f"the plan holds {len(found) or 'no'} files called {name}; it needs exactly one")
    return found[0]


def sha256_of(path: Path) -> str:
    """The file's digest, as plans hold it. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
