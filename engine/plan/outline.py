"""A plan as people read it before anything acts: steps, hosts, commands, effects, and what has no way back."""

from __future__ import annotations

from dataclasses import dataclass

from engine.inventory.host import Host
from engine.inventory.inventory import LOCAL
from engine.plan.scope import Soundings, scope_of
from engine.plan.stage import Plan, Stage
from engine.primitives.clock import SimulatedClock
from engine.primitives.scope import Scope
from engine.reach.paper import PaperReach
from engine.reach.place import Command, Request
from engine.words.guide import Guide
from engine.words.word import Delivery, Effect, Observation, Scene, Stored


@dataclass(frozen=True, slots=True)
class Line:
    """One step as it would run on these hosts, which share one command.

    `command` says it in a line, `asks_host` is everything the host would be asked for it: found by performing the
    word on paper. `way_back` is what undoes it, or the author's reason why nothing does; empty for a read.
    """

    path: str
    title: str
    section: str
    word: str
    effect: Effect
    hosts: tuple[str, ...]
    acts_on: str
    condition: str
    command: str
    asks_host: tuple[str, ...]
    verify: str
    way_back: str
    asks: bool


def outline(plan: Plan) -> list[Line]:
    """The plan, line by line; hosts whose command differs (by their vars) have lines of their own."""
    return [line for stage in plan.stages for line in _lines(plan, stage)]


def _lines(plan: Plan, stage: Stage) -> list[Line]:
    by_command: dict[str, list[str]] = {}
    for host in stage.hosts:
        by_command.setdefault(_command(stage, _scope(plan, stage, host)), []).append(host)
    return [_line(plan, stage, command, tuple(hosts)) for command, hosts in by_command.items()]


def _line(plan: Plan, stage: Stage, command: str, hosts: tuple[str, ...]) -> Line:
    step = stage.step
    rule = step.verify
    scope = _scope(plan, stage, hosts[0])
    verified = f"{rule.check.show(scope)} within {rule.within:g} s, staying {rule.stay:g} s" if rule else ""
    return Line(
        path=stage.path,
        title=step.title or step.id,
        section=stage.section,
        word=step.word.word,
        effect=step.does,
        hosts=tuple(host for host in hosts if host),
        acts_on=stage.acts_on.get(hosts[0], ""),
        condition=" and ".join(f"({guard.condition.text})" for guard in stage.guards)
        if len(stage.guards) > 1
        else "".join(guard.condition.text for guard in stage.guards),
        command=command,
        asks_host=_on_paper(plan, stage, hosts[0], scope),
        verify=verified,
        way_back=_way_back(stage, scope),
        asks=bool(step.input) or step.word.word == "guide",
    )


def _on_paper(plan: Plan, stage: Stage, host: str, scope: Scope) -> tuple[str, ...]:
    """What the place would be asked, in order: the word is performed where nothing can be touched."""
    word = stage.step.word
    if isinstance(word, Guide):
        return ()
    paper = PaperReach()
    place = paper.place(Host(stage.acts_on.get(host, host) or LOCAL))

    def observe(name: str) -> Observation:
        return stage.chapter.book.checks[name].observe(scene)

    scene = Scene(
        place=place,
        controller=paper.place(Host(LOCAL)),
        scope=scope,
        secrets={},
        sink=lambda *_: None,
        timeout=stage.timeout,
        become=stage.step.identity,
        stop=stage.step.ending,
        allow_exit=tuple(stage.step.allow_exit),
        outputs={},
        record=lambda _: None,
        keep=lambda *_: Stored(),
        observe=observe,
        notify=lambda *_: Delivery(False, "on paper", attempted=False),
        clock=SimulatedClock(),
        files=plan.files,
    )
    try:
        word.perform(scene)
    except ValueError:
        return ()  # it needs a value that only an earlier step or a person gives
    return tuple(dict.fromkeys(_said(note.asked) for note in paper.notes))


def _said(asked: Command | Request | str) -> str:
    match asked:
        case Command():
            return asked.display or asked.script
        case Request():
            return f"{asked.method} {asked.url}"
        case _:
            return asked


def _way_back(stage: Stage, scope: Scope) -> str:
    rollback = stage.step.rollback
    if rollback is None:
        return "" if stage.step.does == "read" else "none stated"
    return rollback.action.word.show(scope) if rollback.action is not None else f"none: {rollback.none}"


def _command(stage: Stage, scope: Scope) -> str:
    """What will be done; a value that is only known then (an output, an answer) is left as its name."""
    try:
        return stage.step.word.show(scope)
    except ValueError:
        return f"{stage.step.word.word} (with values that earlier steps give)"


def _scope(plan: Plan, stage: Stage, host: str) -> Scope:
    return scope_of(plan, stage.chapter, host, Soundings({}, {}))
