"""Every fault of a book at its line and column, in our words, with what to do.

The cases are text, as people will see them: books/faults_*.txt.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.language.load import load, parse
from engine.primitives.fault_formats import human
from engine.primitives.faults import BookFaults, Fault

BOOKS = Path(__file__).parent / "books"
Faults = Callable[[str], list[Fault]]


def cases(name: str) -> list[str]:
    """The cases of a file; in each, a line beginning with ! says what is wrong with the line above it."""
    found = (BOOKS / name).read_text(encoding="utf-8").split("\n\n")
    return [case.strip("\n") for case in found if case.strip() and not case.startswith("#")]


def yaml_of(case: str) -> str:
    return "".join(f"{line[1:]}\n" for line in case.split("\n") if line.startswith(" "))


def shown(case: str, faults: list[Fault]) -> str:
    """The case with what was really found below its lines."""
    lines = []
    for number, line in enumerate(yaml_of(case).splitlines(), 1):
        lines.append(f" {line}")
        for fault in faults:
            if fault.line == number:
                caret = " " * (fault.column - 1) + "^" * fault.width
                lines.append(f"!{caret} {fault.message}" + (f" | {fault.hint}" if fault.hint else ""))
    return "\n".join(lines)


@pytest.mark.parametrize("case", cases("faults_in_steps.txt"))
def test_a_fault_in_a_step(with_steps: Faults, case: str) -> None:
    faults = with_steps(yaml_of(case))
    assert faults
    assert shown(case, faults) == case


@pytest.mark.parametrize("case", cases("faults_at_the_top.txt"))
def test_a_fault_at_the_top(faults_of: Faults, case: str) -> None:
    faults = faults_of(yaml_of(case) + "version: 1\nid: small\ntitle: A small one\nsteps: [{id: a, run: b}]\n")
    assert faults
    assert shown(case, faults) == case


def test_many_faults_in_one_pass() -> None:
    """What a person sees of a book with nearly everything wrong with it."""
    with pytest.raises(BookFaults) as caught:
        load(BOOKS / "wrong.yaml")
    seen = "\n".join(human(fault) for fault in caught.value.faults).replace(f"{BOOKS}/", "") + "\n"
    assert seen == (BOOKS / "wrong.txt").read_text(encoding="utf-8")


def test_a_test_that_names_nothing_real_is_a_fault(faults_of: Faults) -> None:
    text = (
        "version: 1\nid: small\ntitle: x\nchecks: {healthy: {run: a}}\n"
        "steps: [{id: restart, run: b}, {id: more, use: other}]\n"
        "tests:\n"
        "  - name: x\n"
        "    params: {unt: x}\n"
        "    hosts: {web-1: {helthy: true, restrt: {exit: 1}, more/inner: {exit: 1}, '*': false}}\n"
        "    answers: {restart@web-1#1: retry, redo: stop}\n"
        "    expect: {ran: [restart, restrat], statuses: {mre: ok}, asked: ['restart@web-1#1']}\n"
    )
    assert [(fault.line, fault.column, fault.message) for fault in faults_of(text)] == [
        (8, 14, "no param is called unt"),
        (9, 21, "no check is called helthy"),
        (9, 35, "no step is called restrt"),
        (10, 39, "no step is called redo"),
        (11, 29, "no step is called restrat"),
        (11, 50, "no step is called mre"),
    ]


def test_what_is_broken_elsewhere_is_not_wrong_where_it_is_used(faults_of: Faults) -> None:
    text = (
        "version: 1\nid: small\ntitle: x\nparams: {port: {type: intger}}\nchecks: {up: {http: {gt: x}}}\n"
        "steps:\n  - {id: a, guide: '{{ port }}', when: up}\n  - {id: b, run: c, outputs: {lsn: {tpe: x}}}\n"
        "  - {id: c, guide: '{{ lsn }} {{ prt }}'}\n"
    )
    assert [(fault.line, fault.message) for fault in faults_of(text)] == [
        (4, "'intger' is not one of string, integer, number, bool, choice"),
        (5, "unknown key 'gt'"),
        (8, "unknown key 'tpe'"),
        (9, "nothing is called prt here"),
    ]


def test_keys_for_notes_are_free_at_every_level_but_headers_stay_headers(faults_of: Faults) -> None:
    text = (
        "version: 1\nid: small\ntitle: x\nx-a: {b: 1}\nparams: {p: {x-why: because}}\n"
        "checks: {up: {x-1: 1, http: {get: 'http://x/', headers: {x-id: '{{ q }}'}}}}\n"
        "steps: [{id: a, run: {command: b, x-c: [1]}, verify: {check: {x-d: 1, name: up}}}]\n"
    )
    assert [(fault.line, fault.column, fault.message) for fault in faults_of(text)] == [
        (6, 68, "nothing is called q here")
    ]


def test_a_version_of_its_own(faults_of: Faults) -> None:
    (fault,) = faults_of("version: 2\nid: small\ntitle: x\nsteps: [{id: a, run: b}]\n")
    assert (fault.line, fault.column) == (1, 10)
    assert fault.message == "version 2 is not known; this Watchbook reads version 1"


def test_a_file_that_is_no_book(tmp_path: Path) -> None:
    for path, said in (
        (tmp_path / "none.yaml", "the file cannot be read: No such file or directory"),
        (tmp_path, "this is not a file"),
    ):
        with pytest.raises(BookFaults) as caught:
            load(path)
        assert str(caught.value) == f"{path}:1:1: {said}"


def test_a_record_of_another_version_is_refused_with_its_path() -> None:
    with pytest.raises(BookFaults) as caught:
        parse({"version": 1, "id": "a", "title": "b", "steps": [{"id": "x", "teleport": "y"}]})
    assert str(caught.value) == "the record:1:1: steps.0.teleport: unknown key 'teleport'"


def test_a_file_with_nothing_but_faults_is_told_of_the_first_of_them(faults_of: Faults) -> None:
    many = "".join(f"k{n}: 1\n" for n in range(20_000))
    assert len(faults_of(f"version: 1\nid: a\ntitle: b\nsteps: [{{id: a, run: b}}]\n{many}")) == 200


def test_a_secret_written_out_is_not_repeated(faults_of: Faults) -> None:
    text = "version: 1\nid: a\ntitle: b\nsecrets: {token: {from: hunter2}}\nsteps: [{id: a, run: b}]\n"
    (fault,) = faults_of(text)
    assert (fault.line, fault.column) == (4, 25)
    assert "hunter2" not in human(fault)
    assert fault.message.endswith("env:NAME or file:/PATH, and never stands in a runbook")
