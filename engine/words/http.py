"""`http`: asks over HTTP, from the host or from here, and compares the answer."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field, model_validator

from engine.primitives.scope import Scope
from engine.primitives.types import Template
from engine.words.request import Ask, JsonTree
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

    @model_validator(mode="after")
    def _one_body(self) -> Http:
        if self.json_ is not None and self.body is not None:
            raise ValueError("a request has one body: json and body are both given")
        return self

    @property
    def effect(self) -> Effect:
        """A read for GET and HEAD."""
        return "read" if self.method in ("GET", "HEAD") else "change"

    def show(self, scope: Scope) -> str:
        """Method and URL."""
        raise NotImplementedError

    def perform(self, scene: Scene) -> Deed:
        """Asks once; outputs come from the body."""
        raise NotImplementedError
