"""`http`: asks over HTTP, from the host or from here, and compares the answer."""

from __future__ import annotations

import json
from typing import ClassVar

from pydantic import Field, model_validator

from engine.primitives.scope import Scope
from engine.primitives.types import Template
from engine.reach.place import Response
from engine.words.ending import parse_outputs, printable
from engine.words.json_tree import JsonTree, rendered
from engine.words.request import Ask, Expect
from engine.words.word import Deed, Effect, Scene, Word


class Http(Ask, Word):
    """Ask over HTTP and compare the answer. GET and HEAD are reads, the other methods are changes.

    http: {get: "http://127.0.0.1:{{ port }}/api/info", expect: {status: 200}}
    http: {post: "https://hooks.example.org/deploys", from: controller, json: {version: "{{ version }}"}}
    """

    word: ClassVar[str] = "http"
    methods: ClassVar[tuple[str, ...]] = ("get", "head", "post", "put", "patch", "delete")

    post: Template | None = None
    """The URL, asked with POST."""
    put: Template | None = None
    """The URL, asked with PUT."""
    patch: Template | None = None
    """The URL, asked with PATCH."""
    delete: Template | None = None
    """The URL, asked with DELETE."""
    json_: JsonTree = Field(default=None, alias="json")
    """A body sent as JSON; its texts may hold {{ name }}."""
    body: Template | None = None
    """A body sent as it is."""
    expect: Expect = Expect()
    """What the answer must look like; without it a 200 is enough."""

    @model_validator(mode="after")
    def _one_body(self) -> Http:
        if self.json_ is not None and self.body is not None:
            raise ValueError("a request has one body: json and body are both given")
        if self.effect == "read" and (self.json_ is not None or self.body is not None):
            raise ValueError(f"{self.method} carries no body; take post, put, patch or delete")
        return self

    @property
    def effect(self) -> Effect:
        """A read for GET and HEAD."""
        return "read" if self.method in ("GET", "HEAD") else "change"

    def show(self, scope: Scope) -> str:
        """Method and URL."""
        return self.line(scope)

    def perform(self, scene: Scene) -> Deed:
        """Asks once; outputs come from the body."""
        try:
            line = self.line(scene.scope)
            response = self._send(scene)
        except ValueError as problem:
            return Deed("failed", str(problem))
        if not response.status:
            return self._unanswered(line, response)
        text = response.body.decode("utf-8", "backslashreplace")
        if text:
            scene.sink("out", response.body)
        unmet = self.expect.unmet(response, scene.scope)
        if unmet:
            return Deed("failed", f"{line} -> {response.status}", unmet)
        outputs, lacking = parse_outputs(scene, text)
        if lacking:
            return Deed("failed", f"{line} -> {response.status}, but an output is missing", lacking, outputs=outputs)
        return Deed("ok", f"{line} -> {response.status}", outputs=outputs, stdout=text)

    def _send(self, scene: Scene) -> Response:
        if self.json_ is not None:
            body = json.dumps(rendered(self.json_, scene.scope), ensure_ascii=False).encode()
            return self.ask(scene, body, "application/json")
        if self.body is not None:
            return self.ask(scene, self.body.render(scene.scope).encode())
        return self.ask(scene)

    def _unanswered(self, line: str, response: Response) -> Deed:
        """A change that may have arrived before the line went dead is unknown, not failed."""
        said = f"{line} -> {printable(response.message or 'nothing answered')}"
        if not response.reached:
            return Deed("unreachable", said)
        return Deed("failed" if self.effect == "read" or not response.sent else "unknown", said)
