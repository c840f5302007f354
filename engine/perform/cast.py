"""Everything that stays the same for one run while it is performed: places, secrets, clock, people to tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.inventory.host import Host
from engine.language.blocks import Witness
from engine.perform.patience import Patience
from engine.plan.stage import CONTROLLER, Plan, Stage
from engine.primitives.clock import Clock
from engine.reach.place import Place, Reach
from engine.words.probe import Probe
from engine.words.word import Deed, Delivery, Observation, Reading, Scene, Word
from incidents.event import Subject
from incidents.scrub import Scrubber
from incidents.secret import Secret


class Hands:
    """How words, probes and witnesses are carried out: as they say. A rehearsal has other hands."""

    def act(self, stage: Stage, subject: Subject, word: Word, scene: Scene) -> Deed:
        """Performs a word."""
        del stage, subject
        return word.perform(scene)

    def look(self, name: str, subject: Subject, probe: Probe, scene: Scene) -> Observation:
        """Observes a probe; `name` is empty for one written in place."""
        del name, subject
        return probe.observe(scene)

    def witness(self, witness: Witness, subject: Subject, scene: Scene) -> Reading:
        """Reads a witness."""
        del subject
        source = witness.run or witness.service or witness.http
        assert source is not None
        return source.read(scene)


@dataclass(slots=True)
class Cast:
    """The run's means. `notify` sends a message to one contact."""

    plan: Plan
    hosts: Mapping[str, Host]
    reach: Reach
    clock: Clock
    secrets: Mapping[str, Secret]
    scrubber: Scrubber
    notify: Callable[[str, str], Delivery]
    hands: Hands = field(default_factory=Hands)
    generated: dict[str, dict[str, Secret]] = field(default_factory=dict)
    """By host: secrets that steps of this run made. They are in no record, and end with this process."""
    patience: Patience = field(init=False)

    def __post_init__(self) -> None:
        self.patience = Patience(self.clock)

    @property
    def controller(self) -> Place:
        """This machine."""
        return self.reach.place(self.hosts.get("local") or Host("local"))

    def place(self, stage: Stage, host: str) -> Place:
        """Where a stage acts for a host: there, where it is delegated to, or here when it is about no host."""
        where = stage.acts_on.get(host, host)
        if not where or where == CONTROLLER:
            return self.controller
        return self.reach.place(self.hosts[where])

    def clock_for(self, stage: Stage) -> Clock:
        """Main steps stop waiting when the run is stopped; `finally` goes on."""
        return self.clock if stage.section == "finally" else self.patience
