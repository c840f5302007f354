"""The one pen of a run: facts are folded as noted, and durable before anybody acts on them or hears of them."""

from __future__ import annotations

from engine.drive.listener import Audience
from incidents.event import Actor, Draft, Subject
from incidents.folds.run import RunState, apply, fold, foresee
from incidents.ledger.protocol import Batch, Chunk, Entry, Lease, Ledger
from incidents.vocabulary import Fact, draft


class Pen:
    """Gathers what one turn of the driver says into one transaction: an end and the next intent cost one fsync."""

    def __init__(
        self, ledger: Ledger, lease: Lease, run: str, state: RunState, actor: Actor, audience: Audience
    ) -> None:
        self._ledger, self._lease, self._run, self._actor = ledger, lease, run, actor
        self._audience = audience
        self._drafts: list[Draft] = []
        self._chunks: list[Chunk] = []
        self.state = state

    def note(self, fact: Fact, subject: Subject) -> None:
        """A fact for the next transaction; the state holds it from now on."""
        noted = draft(fact, self._actor, Subject(self._run, subject.step, subject.host, subject.attempt))
        self._drafts.append(noted)
        foresee(self.state, fact, noted.subject, noted.at, self._actor.id)

    def keep(self, chunk: Chunk) -> None:
        """Output for the next transaction."""
        self._chunks.append(chunk)

    def flush(self) -> None:
        """Makes everything noted durable, then tells the listeners. Raises Fenced and LedgerFull."""
        if not self._drafts and not self._chunks:
            return
        entries = [Entry(self._run, self._drafts)] if self._drafts else []
        events = self._ledger.commit(Batch(entries, self._chunks, self._lease))
        self._drafts, self._chunks = [], []
        own = [event for event in events if event.stream == self._run]
        if own and own[0].seq != self.state.seq + 1:
            self._start_over()
            return
        for event in own:
            self.state.seq = event.seq
            self._audience.event(event)

    def catch_up(self) -> None:
        """Folds what other processes appended (answers, a stop)."""
        self.flush()
        for event in self._ledger.read(self._run, self.state.seq):
            apply(self.state, event)
            self._audience.event(event)

    def _start_over(self) -> None:
        """Somebody else's event came first: the order that counts is the ledger's."""
        events = self._ledger.read(self._run)
        told = self.state.seq
        self.state = fold(events)
        for event in events[told:]:
            self._audience.event(event)
