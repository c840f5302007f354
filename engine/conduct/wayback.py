"""Taking a run back: the rollbacks of what acted, last first; what has no way back is left and said."""

from __future__ import annotations

from engine.conduct.moves import Perform
from engine.plan.stage import Plan, Stage
from incidents.folds.run import RunState, StepStatus

_ACTED = frozenset({StepStatus.CHANGED, StepStatus.FAILED, StepStatus.TIMED_OUT, StepStatus.UNKNOWN})


def roll_back(plan: Plan, state: RunState) -> list[Perform] | None:
    """The next rollbacks, stage by stage from the last; [] when all are done, None while one runs.

    An unknown rollback is not run again: its cell stays unknown and the outcome says rollback_failed.
    """
    for stage in reversed(plan.section("main")):
        if stage.step.rollback is None or stage.step.rollback.action is None:
            continue
        cells = {host: state.cell(stage.rollback_path, host).status for host in stage.hosts}
        if StepStatus.STARTED in cells.values():
            return None
        due = [
            Perform(stage, host, 1, act="rollback")
            for host, status in cells.items()
            if status is StepStatus.PENDING and _acted(stage, host, state)
        ]
        if due:
            return due
    return []


def _acted(stage: Stage, host: str, state: RunState) -> bool:
    cell = state.cell(stage.path, host)
    return cell.started is not None and stage.step.does != "read" and cell.status in _ACTED
