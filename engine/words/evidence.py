"""`evidence`: collects things before they change, hashed where they lay and where they arrived."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from engine.primitives.scope import Scope
from engine.primitives.types import Size, StepId, Template
from engine.reach.place import Command
from engine.words.collect import Collected, Keep, collect
from engine.words.ending import printable
from engine.words.fields import Codes
from engine.words.request import Ask
from engine.words.run import ShellCommand
from engine.words.service import ServiceReading
from engine.words.word import Deed, Effect, Model, Scene, Word, exactly_one
from incidents.vocabulary.run import EvidenceKept

LARGEST = 64 * 1024 * 1024
"""One thing in the record is held in memory on its way there, and shown to people: more helps nobody."""

_FILE = """
[ -f "$collect_path" ] || { echo "$collect_path is no regular file" >&2; exit 1; }
exec cat -- "$collect_path"
"""


class Item(Model):
    """One thing to keep: exactly one of run, service, file and http.

    {name: log, service: {name: "{{ unit }}", get: logs, since: 30m}, max: 5MB}
    """

    name: StepId
    """What the record calls it."""
    run: ShellCommand | None = None
    """The output of a command that only reads."""
    service: ServiceReading | None = None
    """A service's log, state, pid or start."""
    file: Template | None = None
    """A file on the host, by its path."""
    http: Ask | None = None
    """The body of an answer, whatever its status."""
    max: Annotated[Size, Field(le=LARGEST)] = 1_000_000
    """How much is kept. Logs and files keep their end, other things their beginning; the record says what was cut."""
    allow_exit: Codes = Field(default=[0])
    """Exit codes of `run` that count as collected."""

    @model_validator(mode="after")
    def _one_source(self) -> Item:
        exactly_one(self, "run", "service", "file", "http")
        return self

    def source(self, scope: Scope) -> str:
        """Where it comes from, in words for the record."""
        if self.run is not None:
            return self.run.display
        if self.service is not None:
            return f"{self.service.get} of service {self.service.name.render(scope)}"
        if self.file is not None:
            return self.file.render(scope)
        assert self.http is not None
        return self.http.line(scope)

    def fetch(self, scene: Scene) -> Collected:
        """Reads it, once. Raises ValueError when a value cannot stand where it is used."""
        if self.http is not None:
            return self._answer(self.http, scene)
        command, keep = self._reading(scene)
        return collect(scene.place, command, keep=keep, size=self.max, allow_exit=tuple(self.allow_exit))

    def _reading(self, scene: Scene) -> tuple[Command, Keep]:
        if self.run is not None:
            return self.run.command_for(scene, scene.timeout), "head"
        if self.service is not None:
            return self.service.command(self.service.get, scene, self.service.window(LARGEST)), "tail"
        assert self.file is not None
        path = self.file.render(scene.scope)
        return Command(
            _FILE, f"keep {path}", {"collect_path": path}, become=scene.become, timeout=scene.timeout
        ), "tail"

    def _answer(self, ask: Ask, scene: Scene) -> Collected:
        """An answer has no copy on the host that could be hashed there; the record leaves that digest empty."""
        response = ask.ask(scene, max_body=self.max)
        problem = "" if response.status else printable(response.message or "nothing answered")
        length = next((value for key, value in response.headers.items() if key.lower() == "content-length"), "")
        cut = max(0, int(length) - len(response.body)) if length.isdigit() and ask.method == "GET" else 0
        return Collected(response.body, hashlib.sha256(response.body).hexdigest(), "", cut, problem, response.reached)


class Evidence(Word):
    """Collect things before they change: every item is read once, hashed on the host and on arrival, and kept.

    An item that cannot be had does not lose the others; the step then fails and says which are missing.

        evidence:
          - {name: log, service: {name: "{{ unit }}", get: logs, since: 30m}, max: 5MB}
          - {name: listeners, run: ss -ltn, allow_exit: [0, 127]}
    """

    word: ClassVar[str] = "evidence"
    short: ClassVar[str] = "items"

    items: Annotated[list[Item], Field(min_length=1, max_length=100)]
    """What to keep."""

    @model_validator(mode="after")
    def _distinct(self) -> Evidence:
        names = [item.name for item in self.items]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"two items are called {twice}; the record could not tell them apart")
        return self

    @property
    def effect(self) -> Effect:
        """A read."""
        return "read"

    def show(self, scope: Scope) -> str:
        """The names of the items."""
        del scope
        return f"keep {', '.join(item.name for item in self.items)}"

    def perform(self, scene: Scene) -> Deed:
        """Collects every item in its share of the step's time. What arrived of one that failed is kept as well."""
        end = scene.clock.monotonic() + scene.timeout
        problems: list[str] = []
        for done, item in enumerate(self.items):
            share = (end - scene.clock.monotonic()) / (len(self.items) - done)
            try:
                taken = item.fetch(replace(scene, timeout=max(share, 0.1)))
            except ValueError as wrong:
                problems.append(f"{item.name}: {wrong}")
                continue
            if not taken.reached:
                return Deed("unreachable", f"{done - len(problems)} of {len(self.items)} kept", taken.problem)
            if taken.data or not taken.problem:
                self._keep(item, taken, scene)
            if taken.problem:
                problems.append(f"{item.name}: {taken.problem}")
        if problems:
            return Deed("failed", f"{len(problems)} of {len(self.items)} not collected", "; ".join(problems))
        return Deed("ok", f"{len(self.items)} kept")

    def _keep(self, item: Item, taken: Collected, scene: Scene) -> None:
        stored = scene.keep(item.name, taken.data)
        scene.record(
            EvidenceKept(
                name=item.name,
                source=item.source(scene.scope),
                length=len(taken.data),
                sha256=taken.sha256,
                host_sha256=taken.host_sha256,
                output=stored.output,
                cut=taken.cut,
                clock_offset=scene.place.facts().clock_offset,
                stored=stored.sha256,
            )
        )
