"""A probe: one bounded read that is true or false, named under `checks` and used by when, verify and check."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from engine.primitives.scope import Scope
from engine.primitives.types import Duration, Name, Pattern
from engine.words.ending import printable, reading_of, silent, undecided
from engine.words.fields import Codes
from engine.words.port import PortProbe
from engine.words.request import Ask, Expect
from engine.words.run import ShellCommand
from engine.words.service import NamedService
from engine.words.word import Model, Observation, Scene, exactly_one


class HttpProbe(Ask):
    """Ask over HTTP and look at the answer.

    http: {get: "http://127.0.0.1:{{ port }}/api/", expect: {status: 200, json: {status: ok}}}
    """

    expect: Expect = Expect()
    """What the answer must look like; without it a 200 is enough."""

    def show(self, scope: Scope) -> str:
        """Method and URL."""
        return self.line(scope)

    def observe(self, scene: Scene) -> Observation:
        """Asks, once. No answer is a no; a host that cannot ask decides nothing."""
        line = self.line(scene.scope)
        response = self.ask(scene)
        if not response.status:
            said = f"{line} -> {printable(response.message or 'nothing answered')}"
            return Observation(False if response.reached else None, said, response.seconds, response.reached)
        unmet = self.expect.unmet(response, scene.scope)
        said = f"{line} -> {response.status}" + (f", {unmet}" if unmet else "")
        return Observation(not unmet, said, response.seconds)


class CommandProbe(ShellCommand):
    """Run a command that only reads; its exit code and output answer.

    run: test -s /etc/app/env
    run: {command: df -P /, stdout: " [0-7]?[0-9]% "}
    """

    exit: Codes = Field(default=[0])
    """The exit codes that pass."""
    stdout: Pattern | None = None
    """A pattern somewhere in the end of its output."""
    timeout: Duration = 10.0
    """How long it may take."""

    def show(self, scope: Scope) -> str:
        """The command's first line."""
        del scope
        return self.display

    def observe(self, scene: Scene) -> Observation:
        """Runs it, once."""
        completed = scene.place.run(self.command_for(scene, self.timeout), silent)
        if completed.ended != "exited":
            return undecided(completed, self.display)
        line = f"{self.display} -> exit {completed.exit}"
        if completed.exit not in self.exit:
            expected = " or ".join(map(str, self.exit))
            return Observation(False, f"{line}, expected {expected}", completed.seconds)
        if self.stdout is not None and not self.stdout.search(completed.out.text):
            return Observation(False, f"{line}, but its output has no {self.stdout.text}", completed.seconds)
        return Observation(True, line, completed.seconds)


class ServiceProbe(NamedService):
    """Is a service running, by its own driver (systemd, supervisor or pidfile)?

    service: {name: "{{ unit }}", is: running}
    """

    is_: Literal["running", "stopped"] = Field(default="running", alias="is")
    """What it should be."""

    def show(self, scope: Scope) -> str:
        """The service, and what it should be."""
        return f"service {self.name.render(scope)} is {self.is_}"

    def observe(self, scene: Scene) -> Observation:
        """Asks its driver, once."""
        line = f"service {self.name.render(scene.scope)}"
        state = reading_of(scene.place.run(self.command("state", scene), silent))
        if state.value is None:
            return Observation(None, f"{line} -> {state.detail}", state.seconds, state.reached)
        held = state.value == self.is_
        return Observation(held, f"{line} is {state.value}" + ("" if held else f", expected {self.is_}"), state.seconds)


class Probe(Model):
    """One bounded read that is true or false. Exactly one of http, run, service and port.

    healthy: {http: {get: "http://127.0.0.1:{{ port }}/api/", expect: {status: 200}}}
    """

    kinds: ClassVar[tuple[str, ...]] = ("http", "run", "service", "port")

    http: HttpProbe | None = None
    """Ask over HTTP and look at the answer."""
    run: CommandProbe | None = None
    """Run a command that only reads."""
    service: ServiceProbe | None = None
    """Look whether a service runs."""
    port: PortProbe | None = None
    """Look whether a TCP port is open."""

    @model_validator(mode="after")
    def _one_kind(self) -> Probe:
        exactly_one(self, *self.kinds)
        return self

    def show(self, scope: Scope) -> str:
        """One line for a person: what is looked at."""
        return self._kind.show(scope)

    def observe(self, scene: Scene) -> Observation:
        """Looks, once. A value that cannot stand where it is used decides nothing, and the detail says why."""
        try:
            return self._kind.observe(scene)
        except ValueError as problem:
            return Observation(None, str(problem))

    @property
    def _kind(self) -> HttpProbe | CommandProbe | ServiceProbe | PortProbe:
        kind = self.http or self.run or self.service or self.port
        assert kind is not None
        return kind


class NamedProbe(Probe):
    """A check of this runbook by its name, or a probe written in place."""

    kinds: ClassVar[tuple[str, ...]] = ("name", *Probe.kinds)
    short: ClassVar[str] = "name"

    name: Name | None = None
    """A name under `checks`."""

    def show(self, scope: Scope) -> str:
        """The check's name, or what is looked at."""
        return self.name or super().show(scope)

    def observe(self, scene: Scene) -> Observation:
        """Looks, once."""
        return super().observe(scene) if self.name is None else scene.observe(self.name)
