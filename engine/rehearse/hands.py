"""Hands that follow a test's script instead of touching a host; time passes only by being rehearsed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from typing import TypeVar

from engine.language.blocks import Witness
from engine.language.rehearsal import RehearsalCase, Scripted
from engine.perform.cast import Hands
from engine.plan.stage import Stage
from engine.words.probe import NamedProbe, Probe
from engine.words.wait_for import WaitFor
from engine.words.word import Deed, Observation, Reading, Scene, Word
from incidents.event import Subject

T = TypeVar("T")


class RehearsedHands(Hands):
    """Each reply of the script is given once, in order; the last repeats."""

    def __init__(self, case: RehearsalCase) -> None:
        self._case = case
        self._given: Counter[tuple[str, ...]] = Counter()
        self._lock = threading.Lock()

    def act(self, stage: Stage, subject: Subject, word: Word, scene: Scene) -> Deed:
        """Ends as the script says, after as long as it says; a step that only looks sees what its check is scripted."""
        del stage
        script = self._next(self._case.acts(subject.host, subject.step), "act", subject.host, subject.step)
        if script is None and _only_looks(word):
            return word.perform(scene)
        return _deed(script or Scripted(), scene)

    def look(self, name: str, subject: Subject, probe: Probe, scene: Scene) -> Observation:
        """Says what the script says; a check that is not scripted passes."""
        del probe, scene
        looks = self._case.looks(subject.host, name)
        passed = self._next(looks, "look", subject.host, name) if looks else True
        return Observation(passed, "rehearsed")

    def witness(self, witness: Witness, subject: Subject, scene: Scene) -> Reading:
        """Reads what the script's act says its witness reads."""
        del witness, scene
        values = [value for act in self._case.acts(subject.host, subject.step) for value in act.witness]
        return Reading(self._next(values, "witness", subject.host, subject.step), "rehearsed")

    def _next(self, replies: Sequence[T], *key: str) -> T | None:
        with self._lock:
            turn = self._given[key]
            self._given[key] += 1
        return replies[min(turn, len(replies) - 1)] if replies else None


def _only_looks(word: Word) -> bool:
    """At a named check: a probe written in place has no name to be scripted by."""
    probe = word.check if isinstance(word, WaitFor) else word
    return isinstance(probe, NamedProbe) and probe.name is not None


def _deed(script: Scripted, scene: Scene) -> Deed:
    if script.after >= scene.timeout:
        scene.clock.sleep(scene.timeout)
        return Deed("timed_out", f"rehearsed: not done after {scene.timeout:g} s")
    scene.clock.sleep(script.after)
    scene.sink("out", script.stdout.encode())
    scene.sink("err", script.stderr.encode())
    if script.ended != "exited":
        return Deed(script.ended, "rehearsed")
    if script.exit not in scene.allow_exit:
        return Deed("failed", f"rehearsed: exit {script.exit}", exit=script.exit)
    try:
        outputs = {name: rule.take(name, script.stdout) for name, rule in scene.outputs.items()}
    except ValueError as problem:
        return Deed("failed", str(problem), exit=script.exit)
    return Deed("ok", exit=script.exit, outputs=outputs, stdout=script.stdout)
