"""Sets the scene for one step on one host, and runs the named checks that it, or its conditions, ask for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from engine.perform.cast import Cast
from engine.perform.outbox import Outbox
from engine.plan.scope import Soundings, scope_of
from engine.plan.stage import Chapter, Stage
from engine.primitives.scope import Scope
from engine.reach.place import Sink, Stream
from engine.words.probe import Probe
from engine.words.word import Observation, OutputRule, Scene, Stored
from incidents.event import Subject
from incidents.ledger.protocol import Chunk
from incidents.secret import Secret
from incidents.vocabulary import Fact
from incidents.vocabulary.run import CheckObserved

LOOK_TIMEOUT = 30.0
"""Seconds a look may take when its probe says nothing shorter."""


class Stagehand:
    """For one move: knows where it happens and under which subject it is told."""

    def __init__(self, cast: Cast, outbox: Outbox, stage: Stage, subject: Subject, known: Soundings) -> None:
        self._cast, self._outbox, self._stage, self._subject, self._known = cast, outbox, stage, subject, known

    def scope(self, chapter: Chapter) -> Scope:
        """What names mean here."""
        return scope_of(self._cast.plan, chapter, self._subject.host, self._known)

    def scene(
        self,
        chapter: Chapter,
        sink: Sink,
        timeout: float,
        outputs: Mapping[str, OutputRule],
    ) -> Scene:
        """The scene of the step itself (or of a look, with a sink that forgets)."""
        step = self._stage.step
        return Scene(
            place=self._cast.place(self._stage, self._subject.host),
            controller=self._cast.controller,
            scope=self.scope(chapter),
            secrets=self._secrets(chapter),
            sink=sink,
            timeout=timeout,
            become=step.identity,
            stop=step.ending,
            allow_exit=tuple(step.allow_exit),
            outputs=outputs,
            record=self.tell,
            keep=self._keep,
            observe=lambda name: self.look(chapter, name, "step"),
            notify=self._cast.notify,
            clock=self._cast.clock_for(self._stage),
            files=self._cast.plan.files,
        )

    def look(self, chapter: Chapter, check: str, purpose: str) -> Observation:
        """Runs a named check now and tells what it said."""
        seen = self.peek(chapter, check)
        self.saw(seen, f"{chapter.prefix}{check}", purpose)
        return seen

    def peek(self, chapter: Chapter, check: str) -> Observation:
        """Runs a named check without telling; the caller does when it matters."""
        return self.try_probe(chapter, check, chapter.book.checks[check])

    def try_probe(self, chapter: Chapter, name: str, probe: Probe) -> Observation:
        """Observes a probe without telling; `name` is empty for one written in place."""
        scene = self.scene(chapter, forget, LOOK_TIMEOUT, {})
        return self._cast.hands.look(f"{chapter.prefix}{name}" if name else "", self._subject, probe, scene)

    def saw(self, seen: Observation, check: str, purpose: str) -> None:
        """Tells what a check said."""
        detail = self._cast.scrubber.text(seen.detail)
        self.tell(CheckObserved(check, purpose, seen.passed, detail, round(seen.seconds, 3), seen.reached))

    def tell(self, fact: Fact) -> None:
        """A fact about this step on this host."""
        self._outbox.tell(fact, self._subject)

    def _keep(self, name: str, data: bytes) -> Stored:
        if self._stage.step.guarded:
            return Stored()
        output, scrubbed = self._subject.output(name), self._cast.scrubber.bytes(data)
        self._outbox.keep(Chunk(self._cast.plan.run, output, 0, scrubbed))
        return Stored(output, hashlib.sha256(scrubbed).hexdigest())

    def _secrets(self, chapter: Chapter) -> dict[str, Secret]:
        held = self._cast.secrets
        declared = {name: held[reference] for name, reference in chapter.secrets.items() if reference in held}
        return declared | self._cast.generated.get(self._subject.host, {})


def forget(stream: Stream, data: bytes) -> None:
    """What a look prints is in its detail, not in the record."""
