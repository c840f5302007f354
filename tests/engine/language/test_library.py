"""Runbooks by id, over folders, with what they use."""

from pathlib import Path

import pytest

from engine.language.files import claimed_id, runbook_files
from engine.language.library import Library
from engine.language.load import load
from engine.primitives.faults import BookFaults


def write(folder: Path, book_id: str, steps: str = "[{id: a, run: b}]", params: str = "{}", name: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name or book_id}.yaml"
    path.write_text(f"version: 1\nid: {book_id}\ntitle: x\nparams: {params}\nsteps: {steps}\n", encoding="utf-8")
    return path


def said_by(library: Library, book_id: str) -> list[str]:
    with pytest.raises(BookFaults) as caught:
        library.find(book_id)
    return [f"{Path(fault.path).name}:{fault.line}:{fault.column}: {fault.message}" for fault in caught.value.faults]


def test_books_of_all_folders_by_id(tmp_path: Path) -> None:
    write(tmp_path / "ours" / "emergency", "server-down")
    write(tmp_path / "ours" / ".hidden", "hidden")
    write(tmp_path / "team", "disk-full", name="anything")
    library = Library([tmp_path / "ours", tmp_path / "team", tmp_path / "not-there"])
    assert library.ids == ("server-down", "disk-full")
    assert library.find("disk-full").path == tmp_path / "team" / "anything.yaml"
    assert library.find("disk-full") is library.find("disk-full")
    assert library.duplicates() == []


def test_an_unknown_id_names_the_closest(tmp_path: Path) -> None:
    write(tmp_path, "server-down")
    with pytest.raises(BookFaults) as caught:
        Library([tmp_path]).find("server-dwn")
    (fault,) = caught.value.faults
    assert (fault.message, fault.hint) == ("no runbook has the id 'server-dwn'", "did you mean server-down?")


def test_two_files_with_one_id_name_each_other(tmp_path: Path) -> None:
    first, second = write(tmp_path, "a", name="one"), write(tmp_path, "a", name="two")
    library = Library([tmp_path])
    assert said_by(library, "a") == [
        f"one.yaml:1:1: the id 'a' is also that of {second}",
        f"two.yaml:1:1: the id 'a' is also that of {first}",
    ]
    assert len(library.duplicates()) == 2


def test_used_books_come_along(tmp_path: Path) -> None:
    write(tmp_path, "a", "[{id: one, use: {book: b, with: {unit: x}}}, {id: two, use: c}]")
    write(tmp_path, "b", "[{id: one, use: c}]", "{unit: {}}")
    write(tmp_path, "c")
    library = Library([tmp_path])
    assert list(library.uses(library.find("a"))) == ["b", "c"]


def test_what_cannot_be_used_is_said_at_the_step(tmp_path: Path) -> None:
    write(tmp_path, "a", "[{id: one, use: bb}, {id: two, use: {book: b, with: {unt: x}}}, {id: three, use: twin}]")
    write(tmp_path, "b", params="{unit: {}}")
    one, two = write(tmp_path, "twin", name="one"), write(tmp_path, "twin", name="two")
    assert said_by(Library([tmp_path]), "a") == [
        "a.yaml:5:19: no runbook has the id bb",
        "a.yaml:5:61: b takes no param unt",
        f"a.yaml:5:84: twin is the id of {one} and of {two}",
    ]


def test_a_faulty_used_book_is_faulty_for_its_user(tmp_path: Path) -> None:
    write(tmp_path, "a", "[{id: one, use: b}]")
    write(tmp_path, "b", "[{id: one, rn: c}]")
    assert said_by(Library([tmp_path]), "a") == ["b.yaml:5:19: unknown key 'rn'"]


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_circle_never_ends_and_is_refused(tmp_path: Path, length: int) -> None:
    for number in range(length):
        write(tmp_path, f"b{number}", f"[{{id: one, use: b{(number + 1) % length}}}]")
    circle = " uses ".join(f"b{number % length}" for number in range(length + 1))
    assert said_by(Library([tmp_path]), "b0")[0].endswith(f"{circle}: that never ends")


def test_a_long_chain_is_refused(tmp_path: Path) -> None:
    for number in range(12):
        write(tmp_path, f"b{number}", f"[{{id: one, use: b{number + 1}}}]")
    assert said_by(Library([tmp_path]), "b0") == ["b7.yaml:5:19: runbooks may use runbooks 8 levels deep"]


def test_a_book_from_elsewhere_may_use_the_library(tmp_path: Path) -> None:
    write(tmp_path / "ours", "b")
    outside = write(tmp_path / "draft", "a", "[{id: one, use: b}]")
    assert list(Library([tmp_path / "ours"]).uses(load(outside))) == ["b"]


def test_the_claimed_id_is_read_without_yaml(tmp_path: Path) -> None:
    assert claimed_id(write(tmp_path, "server-down", name="x")) == "server-down"
    broken = tmp_path / "broken.yaml"
    broken.write_text("version: [\nid: 'quoted'\n", encoding="utf-8")
    assert claimed_id(broken) == "quoted"
    broken.write_text("nothing: here\n", encoding="utf-8")
    assert claimed_id(broken) == "broken"
    assert claimed_id(tmp_path / "gone.yaml") == "gone"


def test_linked_folders_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "a", "a")
    (tmp_path / "a" / "loop").symlink_to(tmp_path / "a")
    assert [path.name for path in runbook_files([tmp_path / "a"])] == ["a.yaml"]
