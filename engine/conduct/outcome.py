"""The outcome of a run, computed from what its cells say; a person's opinion is another event."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from engine.conduct.moves import Record
from engine.plan.stage import Plan, Stage
from incidents.event import Json, Subject
from incidents.folds.run import RunState, StepStatus
from incidents.vocabulary.run import RunFinished


def finish(plan: Plan, state: RunState, decision: Literal["on", "stop", "rollback"]) -> Record:
    """The run's last fact."""
    counts: dict[str, Json] = dict(Counter(cell.status.value for cell in state.cells.values()))
    seconds = (state.last_at - state.opened_at).total_seconds() if state.last_at and state.opened_at else 0.0
    return Record(RunFinished(outcome(plan, state, decision), round(seconds, 3), counts), Subject())


def outcome(plan: Plan, state: RunState, decision: Literal["on", "stop", "rollback"]) -> str:
    """succeeded, failed, rolled_back, rollback_failed, stopped or unknown.

    Unknown wins: a run that leaves a change nobody can vouch for has not merely failed or stopped.
    """
    main, last = plan.section("main"), plan.section("finally")
    if any(_has(stage, state, StepStatus.UNKNOWN) for stage in plan.stages):
        return "unknown"
    if state.stop is not None:
        return "stopped"
    if decision == "rollback":
        back = [state.cell(stage.rollback_path, host).status for stage in main for host in stage.hosts]
        return "rollback_failed" if any(s.bad or s is StepStatus.UNKNOWN for s in back) else "rolled_back"
    if decision == "stop" or any(_failed(stage, state) for stage in last):
        return "failed"
    if any(_has(stage, state, StepStatus.UNREACHABLE) for stage in main):
        return "failed"
    return "succeeded"


def _has(stage: Stage, state: RunState, status: StepStatus) -> bool:
    return any(state.cell(stage.path, host).status is status for host in stage.hosts)


def _failed(stage: Stage, state: RunState) -> bool:
    return stage.on_failure != "continue" and any(state.cell(stage.path, h).status.bad for h in stage.hosts)
