"""Takes a run, drives it, lets it go: the same call starts a planned run and resumes one that was left."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping, Sequence

from engine.drive.driver import Attendant, Driver, Progress
from engine.drive.listener import Audience, Listener
from engine.drive.pen import Pen
from engine.drive.refused import Refused
from engine.inventory.host import Host
from engine.perform.cast import Cast, Hands
from engine.perform.performer import Performer
from engine.plan.layout import lay_out
from engine.plan.stage import Plan
from engine.primitives.clock import Clock, RealClock
from engine.reach.local import LocalReach
from engine.reach.place import Reach
from engine.secrets import resolve
from engine.words.word import Delivery
from incidents.event import Actor, Subject
from incidents.folds.run import RunState, fold
from incidents.ledger.protocol import Batch, Entry, Lease, Ledger
from incidents.scrub import Scrubber
from incidents.secret import Secret
from incidents.vocabulary import draft
from incidents.vocabulary.run import RunPlanned, RunStarted


class Controller:
    """One process's hold on one run. Make it, drive it once; `stop` may come from a signal handler meanwhile."""

    def __init__(
        self,
        ledger: Ledger,
        run: str,
        actor: Actor,
        *,
        listeners: Sequence[Listener] = (),
        attendant: Attendant | None = None,
        reach: Reach | None = None,
        clock: Clock | None = None,
        hands: Hands | None = None,
        notify: Callable[[str, str], Delivery] | None = None,
    ) -> None:
        self._ledger, self._run, self._actor = ledger, run, actor
        self._audience, self._attendant = Audience(listeners), attendant
        self._clock: Clock = clock or RealClock()
        self._reach = reach or LocalReach()
        self._hands = hands or Hands()
        self._notify = notify or _by_contacts
        self._driver: Driver | None = None
        self._wish = ""

    def stop(self, reason: str) -> None:
        """Asks for a stop: running steps are ended, `finally` runs, the outcome is stopped."""
        self._wish = reason
        if self._driver is not None:
            self._driver.stop(reason)

    def drive(self) -> Progress:
        """Until the run ends or parks. Raises Held, Fenced, LedgerFull, Refused, SecretError, PlanRefused."""
        state = fold(self._ledger.read(self._run))
        planned = _actable(self._run, state)
        if state.finished is not None:
            return Progress(state)
        plan = lay_out(planned)
        secrets = {reference: resolve(name, reference) for name, reference in planned.secrets.items()}
        lease = self._ledger.acquire(self._run, owner())
        try:
            cast = self._cast(plan, planned, secrets)
            state = self._take(lease, cast)
            pen = Pen(self._ledger, lease, self._run, state, self._actor, self._audience)
            driver = Driver(plan, pen, self._clock, self._audience, self._attendant)
            self._driver = driver
            if self._wish:
                driver.stop(self._wish)
            return driver.drive(Performer(cast, driver.mailbox))
        finally:
            self._ledger.release(lease)
            self._reach.close()

    def _take(self, lease: Lease, cast: Cast) -> RunState:
        """Writes down who drives from here on; what was started before and never ended becomes unknown."""
        before = fold(self._ledger.read(self._run))
        started = RunStarted(
            controller=platform.node(),
            pid=os.getpid(),
            boot_id=cast.controller.facts().boot_id,
            epoch=lease.epoch,
            resumed=before.started is not None,
        )
        entry = Entry(self._run, [draft(started, self._actor, Subject(self._run))])
        for event in self._ledger.commit(Batch([entry], lease=lease)):
            self._audience.event(event)
        return fold(self._ledger.read(self._run))

    def _cast(self, plan: Plan, planned: RunPlanned, secrets: Mapping[str, Secret]) -> Cast:
        scrubber = Scrubber(secrets.values())
        return Cast(
            plan=plan,
            hosts={name: Host.from_json(entry) for name, entry in planned.inventory.items() if isinstance(entry, dict)},
            reach=self._reach,
            clock=self._clock,
            secrets=secrets,
            scrubber=scrubber,
            notify=self._notify,
            hands=self._hands,
        )


def _by_contacts(to: str, message: str) -> Delivery:
    """Through contacts.yaml, which is read when the first message is sent."""
    from engine.contacts import deliver

    return deliver(to, message)


def owner() -> str:
    """Who drives, for people: `host pid 1234`."""
    return f"{platform.node()} pid {os.getpid()}"


def _actable(run: str, state: RunState) -> RunPlanned:
    if state.planned is None and not state.unread:
        raise Refused(f"there is no run {run}", "List them: ./inv run.list")
    if state.unread or state.planned is None:
        seq, fact = state.unread[0]
        why = "was redacted" if fact.redacted else f"is of a kind this version cannot read ({fact.kind} v{fact.v})"
        raise Refused(f"event {seq} of {run} {why}; nothing may act on a run that is not wholly read", "Upgrade first.")
    return state.planned
