"""What a case expected against what came, in sentences an author can act on."""

from __future__ import annotations

from collections.abc import Iterable

from engine.language.rehearsal import Expected
from incidents.event import Event
from incidents.folds.run import RunState, StepStatus


def differences(expected: Expected, state: RunState, events: Iterable[Event]) -> list[str]:
    """One sentence for each thing that is not as expected."""
    started = list(dict.fromkeys(event.subject.step for event in events if event.kind == "StepStarted"))
    problems = []
    outcome = state.status(driven=False)
    if expected.outcome is not None and outcome != expected.outcome:
        problems.append(f"the outcome is {outcome}, expected {expected.outcome}{_why(state)}")
    if expected.ran is not None and not _in_order(expected.ran, started):
        problems.append(f"ran {_list(started)}; expected {_list(expected.ran)} among them, in this order")
    problems.extend(f"{path} ran, and should not have" for path in expected.not_ran or () if path in started)
    problems.extend(
        f"{path} was not skipped on any host"
        for path in expected.skipped or ()
        if not any(step == path and cell.status is StepStatus.SKIPPED for (step, _), cell in state.cells.items())
    )
    asked = list(state.questions)
    if expected.asked is not None and asked != list(expected.asked):
        problems.append(f"asked {_list(asked)}; expected {_list(expected.asked)}")
    for path, wanted in expected.statuses.items():
        problems.extend(_status_problems(path, wanted, state))
    return problems


def _status_problems(path: str, wanted: object, state: RunState) -> list[str]:
    cells = {host: cell.status.value for (step, host), cell in state.cells.items() if step == path}
    if not cells:
        return [f"{path} has no status: it was never reached"]
    by_host = wanted if isinstance(wanted, dict) else dict.fromkeys(cells, wanted)
    return [
        f"{path} on {host or 'the run'} is {cells.get(host, 'never reached')}, expected {status}"
        for host, status in by_host.items()
        if cells.get(host) != status
    ]


def _why(state: RunState) -> str:
    """The first bad end, since that is what an author looks for."""
    for (path, host), cell in state.cells.items():
        if cell.status.bad and cell.finished is not None:
            return f" ({path} on {host or 'the run'}: {cell.finished.message or cell.status.value})"
    return f" (open: {_list([q.asked.question for q in state.open_questions])})" if state.open_questions else ""


def _in_order(wanted: Iterable[str], there: list[str]) -> bool:
    rest = iter(there)
    return all(path in rest for path in wanted)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "nothing"
