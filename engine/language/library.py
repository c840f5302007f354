"""The runbooks of a project and a team, by id, with the runbooks they use; knows no runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from engine.language.files import claimed_id, runbook_files
from engine.language.load import Loaded, load
from engine.primitives.faults import BookFaults, Fault, did_you_mean, quoted
from engine.words.use import Use

DEEPEST = 8


class Library:
    """Folders of runbooks; a book is read when it is asked for, and once."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        self._paths: dict[str, list[Path]] | None = None
        self._loaded: dict[Path, Loaded] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that a file claims, in the order of the files."""
        return tuple(self._by_id())

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every runbook file."""
        return tuple(path for paths in self._by_id().values() for path in paths)

    def find(self, book_id: str) -> Loaded:
        """The book of an id, whose uses are sound. Raises BookFaults: nobody's id, two files' id, or a faulty file."""
        paths = self._by_id().get(book_id, [])
        if not paths:
            where = ", ".join(map(str, self.folders)) or "no folder"
            message = f"no runbook has the id {quoted(book_id)}"
            raise BookFaults([Fault(where, 1, 1, "unknown-book", message, did_you_mean(book_id, self._by_id()))])
        if len(paths) > 1:
            raise BookFaults(self._twice(book_id, paths))
        loaded = self._load(paths[0])
        self.uses(loaded)
        return loaded

    def uses(self, loaded: Loaded) -> dict[str, Loaded]:
        """The books a book uses, and those they use, by id. Raises BookFaults at the step that cannot use its book."""
        found: dict[str, Loaded] = {}
        faults: list[Fault] = []
        self._follow(loaded, (loaded.book.id,), found, faults)
        if faults:
            raise BookFaults(faults)
        return found

    def duplicates(self) -> list[Fault]:
        """A fault at every file whose id another file has too."""
        return [fault for name, paths in self._by_id().items() if len(paths) > 1 for fault in self._twice(name, paths)]

    def _by_id(self) -> dict[str, list[Path]]:
        if self._paths is None:
            self._paths = {}
            for path in runbook_files(self.folders):
                self._paths.setdefault(claimed_id(path), []).append(path)
        return self._paths

    def _load(self, path: Path) -> Loaded:
        if path not in self._loaded:
            self._loaded[path] = load(path)
        return self._loaded[path]

    def _twice(self, book_id: str, paths: list[Path]) -> Iterator[Fault]:
        for path in paths:
            others = ", ".join(str(other) for other in paths if other != path)
            message = f"the id {quoted(book_id)} is also that of {others}"
            yield Fault(str(path), 1, 1, "duplicate-book", message, "give one of them another id")

    def _follow(self, loaded: Loaded, chain: tuple[str, ...], found: dict[str, Loaded], faults: list[Fault]) -> None:
        for path, step in loaded.book.walk():
            use = step.word
            if not isinstance(use, Use):
                continue
            where = (*path, "use")
            code, message, hint = self._refused(use, chain)
            if message:
                _, span = loaded.source.nearest(where)
                faults.append(loaded.source.fault(code, message, span, hint))
                continue
            other = self._load(self._by_id()[use.book][0])
            for name in use.with_.keys() - other.book.params.keys():
                _, span = loaded.source.nearest((*where, "with", name))
                hint = did_you_mean(name, other.book.params) or f"it takes {', '.join(other.book.params) or 'none'}"
                faults.append(loaded.source.fault("unknown-name", f"{use.book} takes no param {name}", span, hint))
            found[use.book] = other
            self._follow(other, (*chain, use.book), found, faults)

    def _refused(self, use: Use, chain: tuple[str, ...]) -> tuple[str, str, str]:
        """Code, message and hint when a book cannot be used here; empty when it can."""
        paths = self._by_id().get(use.book, [])
        if use.book in chain:
            return "use-cycle", f"{' uses '.join((*chain, use.book))}: that never ends", "remove one of them"
        if not paths:
            return "unknown-book", f"no runbook has the id {use.book}", did_you_mean(use.book, self._by_id())
        if len(paths) > 1:
            return (
                "duplicate-book",
                f"{use.book} is the id of {' and of '.join(map(str, paths))}",
                "give one another id",
            )
        if len(chain) >= DEEPEST:
            return "use-too-deep", f"runbooks may use runbooks {DEEPEST} levels deep", "use fewer levels"
        return "", "", ""
