"""Every runbook we ship can be believed: it loads, lint finds nothing in it, and it passes tests of its own."""

from datetime import date
from pathlib import Path

from engine.language.library import Library
from engine.language.lint import lint
from engine.primitives.faults import BookFaults
from engine.rehearse import rehearse
from tests.house.conftest import MakeTree
from tests.house.tree import ROOT, Broken, in_order


def runbooks_can_be_believed(root: Path) -> Broken:
    """Each loads, is clean on the day of its last review (later it may be due again), and passes its own tests."""
    library = Library([root / "runbooks"])
    broken = []
    for book_id in library.ids:
        try:
            loaded = library.find(book_id)
        except BookFaults as error:
            broken += [f"{book_id}: {fault.code}: {fault.message}" for fault in error.faults]
            continue
        reviewed = loaded.book.review.last if loaded.book.review else date.max
        broken += [f"{book_id}: {fault.code}: {fault.message}" for fault in lint(loaded, reviewed)]
        if not loaded.book.tests:
            broken.append(f"{book_id}: has no tests")
        for case in rehearse(loaded, library):
            broken += [f"{book_id}: {case.name}: {problem}" for problem in case.problems]
    return broken


def test_runbooks_can_be_believed() -> None:
    assert in_order(runbooks_can_be_believed(ROOT))


def test_a_runbook_that_cannot_be_believed_is_seen(tree: MakeTree) -> None:
    shipped = (ROOT / "runbooks/emergency/server-down.yaml").read_text(encoding="utf-8")
    untested, _, tests = shipped.partition("\ntests:")
    assert tests
    root = tree(
        {
            "runbooks/emergency/server-down.yaml": shipped,
            "runbooks/untested.yaml": untested.replace("id: server-down", "id: untested"),
            "runbooks/misspelt.yaml": shipped.replace("id: server-down", "id: misspelt").replace("kind:", "knid:"),
            "runbooks/ownerless.yaml": shipped.replace("id: server-down", "id: ownerless").replace(
                "owner: ", "x-owner: "
            ),
            "runbooks/disappointed.yaml": shipped.replace("id: server-down", "id: disappointed").replace(
                "outcome: succeeded", "outcome: stopped"
            ),
        }
    )
    broken = runbooks_can_be_believed(root)
    assert {line.partition(":")[0] for line in broken} == {"disappointed", "misspelt", "ownerless", "untested"}
    assert "untested: has no tests" in broken
    assert any(line.startswith("ownerless: no-owner: ") for line in broken)
