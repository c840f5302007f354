"""Does one move at a place: a look, a witness, an act with its verification, a way back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.conduct.moves import Doing, Observe, Perform, TakeWitness
from engine.perform.cast import Cast
from engine.perform.outbox import Outbox
from engine.perform.output import Output
from engine.perform.patience import Interrupted
from engine.perform.stagehand import Stagehand, forget
from engine.perform.verify import Verified, verify
from engine.plan.scope import Soundings
from engine.plan.stage import Stage
from engine.reach.place import HostFacts
from engine.words.word import Deed, Effect, Observation, Word
from incidents.event import Json, Subject
from incidents.scrub import TooShort
from incidents.secret import Secret
from incidents.vocabulary.run import StepActed, StepFinished, StepStarted, WitnessTaken

LONGEST_WITNESS = 4096
"""Characters of a witness value that are kept and compared."""


@dataclass(frozen=True, slots=True)
class _Act:
    """What is performed: the step's word, or that of its way back."""

    word: Word
    effect: Effect
    path: str


class Performer:
    """One move at a time, from any thread. Everything it sees goes to the outbox, scrubbed."""

    def __init__(self, cast: Cast, outbox: Outbox) -> None:
        self._cast, self._outbox = cast, outbox
        self._met: dict[str, HostFacts] = {}

    def make(self, move: Doing, known: Soundings) -> None:
        """Makes the move and tells of it. Raises only for our own faults (and Abandoned)."""
        match move:
            case Observe():
                hand = self._hand(move.stage, move.stage.path, move.host, move.attempt, known)
                hand.look(move.chapter, move.check, move.purpose)
            case TakeWitness():
                self._witness(move, known)
            case Perform():
                self._perform(move, known)

    def where(self, move: Perform) -> str:
        """The name of the host that would be touched."""
        return self._cast.place(move.stage, move.host).host.name

    def has_met(self, move: Perform) -> bool:
        """Whether that host was asked who it is."""
        return self.where(move) in self._met

    def meet(self, move: Perform) -> None:
        """Asks the host who it is: a read. One that does not answer is met all the same, as nobody."""
        place = self._cast.place(move.stage, move.host)
        self._met[place.host.name] = place.facts()

    def intent(self, move: Perform, known: Soundings) -> StepStarted:
        """What is written down before the act."""
        stage, act = move.stage, _act_of(move)
        hand = self._hand(stage, act.path, move.host, move.attempt, known)
        try:
            display = self._cast.scrubber.text(act.word.show(hand.scope(stage.chapter)))
        except ValueError:
            display = act.word.word  # a value is missing; performing it will say which
        facts = self._met[self.where(move)]
        return StepStarted(act.word.word, act.effect, display, stage.timeout, facts.boot_id, facts.machine_id)

    def stop(self) -> None:
        """Ends what main steps do now: their waits, and the commands on their hosts."""
        self._cast.patience.end()
        for host in self._cast.plan.hosts:
            self._cast.reach.place(self._cast.hosts[host]).stop()
        self._cast.controller.stop()

    def _witness(self, move: TakeWitness, known: Soundings) -> None:
        stage = move.stage
        assert stage.step.witness is not None
        hand = self._hand(stage, stage.path, move.host, move.attempt, known)
        scene = hand.scene(stage.chapter, forget, min(stage.timeout, 30.0), {})
        subject = Subject(self._cast.plan.run, stage.path, move.host, move.attempt)
        seen = self._cast.hands.witness(stage.step.witness, subject, scene)
        scrub = self._cast.scrubber.text
        value = None if seen.value is None else scrub(seen.value[:LONGEST_WITNESS].strip())
        hand.tell(WitnessTaken(move.moment, value, scrub(seen.detail)))

    def _perform(self, move: Perform, known: Soundings) -> None:
        stage, act = move.stage, _act_of(move)
        hand = self._hand(stage, act.path, move.host, move.attempt, known)
        if move.act == "verify":
            self._verify_only(move, hand)
            return
        clock = self._cast.clock
        began = clock.monotonic()
        subject = Subject(self._cast.plan.run, act.path, move.host, move.attempt)
        output = Output(
            self._outbox, self._cast.plan.run, subject, self._cast.scrubber, clock, sensitive=stage.step.guarded
        )
        rules = stage.step.outputs if move.act == "do" else {}
        scene = hand.scene(stage.chapter, output, stage.timeout, rules)
        try:
            deed = self._cast.hands.act(stage, subject, act.word, scene)
        except Interrupted as stopped:
            deed = Deed("failed", str(stopped))
        deed = self._learn(stage, move.host, deed)
        verified = self._verify(stage, hand, deed) if move.act == "do" else None
        seconds = round(clock.monotonic() - began, 3)
        hand.tell(self._end(stage, act, move, deed, verified, seconds, output.seal()))

    def _learn(self, stage: Stage, host: str, deed: Deed) -> Deed:
        """The deed without the secrets it made: they are known to the scrubber, and to later steps on this host."""
        made = {name: str(value) for name, value in deed.outputs.items() if stage.step.outputs[name].secret}
        if not made:
            return deed
        try:
            for name, value in made.items():
                secret = Secret(name, value)
                self._cast.scrubber.learn(secret)
                self._cast.generated.setdefault(host, {})[name] = secret
        except TooShort as short:
            return Deed("failed", str(short), exit=deed.exit)
        return replace(deed, outputs={name: value for name, value in deed.outputs.items() if name not in made})

    def _verify_only(self, move: Perform, hand: Stagehand) -> None:
        """The act is known to have ended well; only its verification was lost."""
        began = self._cast.clock.monotonic()
        verified = self._verify(move.stage, hand, Deed("ok"))
        seconds = round(self._cast.clock.monotonic() - began, 3)
        hand.tell(self._end(move.stage, _act_of(move), move, Deed("ok"), verified, seconds, {}))

    def _verify(self, stage: Stage, hand: Stagehand, deed: Deed) -> Verified | None:
        rule = stage.step.verify
        if rule is None or deed.status != "ok":
            return None
        hand.tell(StepActed(True, deed.exit, self._cast.scrubber.text(deed.message)))
        chapter = stage.chapter

        def look() -> Observation:
            return hand.peek(chapter, rule.check.name) if rule.check.name else hand.try_probe(chapter, "", rule.check)

        def tell(seen: Observation) -> None:
            hand.saw(seen, f"{chapter.prefix}{rule.check.name or 'verify'}", "verify")

        clock = self._cast.clock_for(stage)
        try:
            return verify(look, tell, clock, within=rule.within, every=rule.every, stay=rule.stay)
        except Interrupted as stopped:
            return Verified(False, 0, str(stopped))

    def _end(
        self,
        stage: Stage,
        act: _Act,
        move: Perform,
        deed: Deed,
        verified: Verified | None,
        seconds: float,
        seals: dict[str, Json],
    ) -> StepFinished:
        """How it ended: the deed, unless verification says otherwise."""
        said = [deed.message, "" if stage.step.guarded else deed.quote]
        status = _status(stage, act, move, deed)
        if verified is not None and not verified.passed:
            status = "failed"
            said.append(f"done, but not verified after {verified.looks} looks: {verified.detail}")
        message = self._cast.scrubber.text(": ".join(part for part in said if part))
        return StepFinished(
            status=status,
            exit=deed.exit,
            seconds=seconds,
            message=message,
            outputs=self._outputs(deed),
            output=seals,
            verified=None if verified is None else verified.passed,
        )

    def _outputs(self, deed: Deed) -> dict[str, Json]:
        scrub = self._cast.scrubber.text
        return {name: scrub(value) if isinstance(value, str) else value for name, value in deed.outputs.items()}

    def _hand(self, stage: Stage, path: str, host: str, attempt: int, known: Soundings) -> Stagehand:
        return Stagehand(self._cast, self._outbox, stage, Subject(self._cast.plan.run, path, host, attempt), known)


def _act_of(move: Perform) -> _Act:
    stage = move.stage
    if move.act != "rollback":
        return _Act(stage.step.word, stage.step.does, stage.path)
    assert stage.step.rollback is not None
    assert stage.step.rollback.action is not None
    return _Act(stage.step.rollback.action.word, "change", stage.rollback_path)


def _status(stage: Stage, act: _Act, move: Perform, deed: Deed) -> str:
    if deed.status == "unknown" and act.effect == "read":
        return "failed"  # a read that was lost changed nothing, so nothing about it is unknown
    if deed.status != "ok":
        return deed.status
    if move.act == "rollback":
        return "rolled_back"
    if act.effect == "read" or deed.changed is False:
        return "ok"
    if deed.changed is None and stage.step.changed_when is not None:
        return "changed" if stage.step.changed_when.search(deed.stdout) else "ok"
    return "changed"
