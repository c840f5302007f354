"""The conductor: from a plan and a folded stream to the next moves; pure, so a run can always be conducted again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from engine.conduct.cell import Busy, Settled, Waiting, advance
from engine.conduct.moves import Move, Park, Perform
from engine.conduct.outcome import finish, outcome
from engine.conduct.wayback import roll_back
from engine.plan.stage import Plan, Stage
from incidents.folds.run import RunState, StepStatus

Decision = Literal["on", "stop", "rollback"]

_RANK: dict[Decision, int] = {"on": 0, "stop": 1, "rollback": 2}


@dataclass(slots=True)
class _Look:
    """What one pass over a stage found."""

    moves: list[Move] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    busy: bool = False
    decision: Decision = "on"

    @property
    def settled(self) -> bool:
        return not (self.moves or self.waiting or self.busy)


def conduct(plan: Plan, state: RunState, *, attended: bool) -> list[Move]:
    """The moves to make now; none while something runs or when the run is over.

    A stage is a barrier: nothing of the next is ordered before every host of it is settled. `finally` always runs.
    """
    if state.finished is not None:
        return []
    lost = _lost_hosts(state)
    decision: Decision = "on" if state.stop is None else "stop"
    for stage in plan.section("main"):
        if state.stop is not None:
            if any(state.cell(stage.path, host).status is StepStatus.STARTED for host in stage.hosts):
                return []
            continue
        look = _look(plan, stage, state, attended=attended, lost=lost)
        if not look.settled:
            return _moves(look)
        decision = look.decision
        if decision != "on":
            break
    if decision == "rollback":
        back = roll_back(plan, state)
        if back is None:
            return []
        if back:
            return list(back)
    for stage in plan.section("finally"):
        look = _look(plan, stage, state, attended=attended, lost=lost)
        if not look.settled:
            so_far = outcome(plan, state, decision)
            return [replace(move, outcome=so_far) if isinstance(move, Perform) else move for move in _moves(look)]
    return [finish(plan, state, decision)]


def _moves(look: _Look) -> list[Move]:
    if look.moves or look.busy:
        return look.moves
    return [Park(tuple(look.waiting))]


def _look(plan: Plan, stage: Stage, state: RunState, *, attended: bool, lost: frozenset[str]) -> _Look:
    look = _Look()
    for host in stage.hosts:
        cell = state.cells.get((stage.path, host))
        if cell is not None and cell.status.good:
            continue  # most cells, most of the time: a run of many hosts is conducted after every batch of ends
        match advance(plan, stage, host, state, attended=attended, lost=host in lost):
            case Settled(then):
                look.decision = max(look.decision, then, key=_RANK.__getitem__)
            case Busy():
                look.busy = True
            case Waiting(question):
                look.waiting.append(question)
            case move:
                look.moves.append(move)
    return look


def _lost_hosts(state: RunState) -> frozenset[str]:
    return frozenset(host for (_, host), cell in state.cells.items() if host and cell.status is StepStatus.UNREACHABLE)
