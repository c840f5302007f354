"""An HTTP request as YAML says it and what its answer must look like; who asks, and why, is the word's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from engine.primitives.scope import Scope
from engine.primitives.template import Template as Parsed
from engine.primitives.template import in_header, in_url
from engine.primitives.types import Duration, Name, Pattern, Template
from engine.primitives.values import Value
from engine.reach.place import Request, Response
from engine.words.ending import printable
from engine.words.fields import Codes
from engine.words.json_tree import JsonObject, Plain, missing, rendered
from engine.words.word import Model, Reading, Scene, exactly_one
from incidents.secret import Secret

SEARCHED = 64 * 1024
"""Characters of a body that a pattern looks at: enough for any status page, and quick."""

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]


class SecretHeader(Model):
    """A header whose value is a secret of the runbook.

    Authorization: {secret: probe_token, prefix: "Bearer "}
    """

    secret: Name
    """A name under `secrets`."""
    prefix: str = Field(default="", max_length=100, pattern=r"^[\x20-\x7e]*$")
    """Text before it, such as "Bearer "."""


HeaderValue = Annotated[
    Annotated[Template, Tag("plain-header")] | Annotated[SecretHeader, Tag("secret-header")],
    Discriminator(lambda value: "secret-header" if isinstance(value, (dict, SecretHeader)) else "plain-header"),
]


class Expect(Model):
    """What the answer must look like; everything named must hold.

    expect: {status: [200, 204], json: {status: ok}, headers: {content-type: "^application/json"}}
    """

    status: Codes = Field(default=[200])
    """The status, or a list of them."""
    json_: JsonObject | None = Field(default=None, alias="json")
    """Keys and values the JSON body must hold; others may stand beside them."""
    body: Pattern | None = None
    """A pattern somewhere in the body's text."""
    headers: dict[HeaderName, Pattern] = Field(default_factory=dict)
    """Patterns by header name."""

    def unmet(self, response: Response, scope: Scope) -> str:
        """What the answer lacks, in words; empty when it is as it must be."""
        if response.status not in self.status:
            return f"expected {' or '.join(map(str, self.status))}"
        for name, pattern in self.headers.items():
            value = _header(response, name)
            if value is None or not pattern.search(value):
                shown = "is missing" if value is None else f"is {printable(value, 80)!r}"
                return f"header {name} {shown}, expected {pattern.text}"
        if self.body is not None and not self.body.search(response.body.decode("utf-8", "replace")[:SEARCHED]):
            return f"the body has no {self.body.text}"
        if self.json_ is not None:
            return self._json_unmet(response.body, scope)
        return ""

    def _json_unmet(self, body: bytes, scope: Scope) -> str:
        try:
            wanted = rendered(self.json_, scope)
        except ValueError as unknown:
            return str(unknown)
        try:
            return missing(wanted, parse_json(body))
        except ValueError as problem:
            return f"the body is not JSON ({problem})"


class Ask(Model):
    """A request that only reads: GET or HEAD.

    {get: "http://127.0.0.1:{{ port }}/api/info", from: host, timeout: 5s}
    """

    methods: ClassVar[tuple[str, ...]] = ("get", "head")

    get: Template | None = None
    """The URL, asked with GET."""
    head: Template | None = None
    """The URL, asked with HEAD."""
    from_: Literal["host", "controller"] = Field(default="host", alias="from")
    """Who asks: the step's host, or the machine that runs the runbook."""
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    """Header values; a secret one is {secret: NAME, prefix: "Bearer "}."""
    timeout: Duration = 10.0
    """How long the whole answer may take."""

    @model_validator(mode="after")
    def _one_method(self) -> Ask:
        exactly_one(self, *self.methods)
        return self

    @property
    def method(self) -> str:
        """GET, HEAD, …"""
        return exactly_one(self, *self.methods).upper()

    def line(self, scope: Mapping[str, Value]) -> str:
        """Method and URL, for people. Raises ValueError when a name has no value that fits there."""
        url: Parsed = getattr(self, self.method.lower())
        return f"{self.method} {url.render(scope, in_url)}"

    def ask(self, scene: Scene, body: bytes = b"", kind: str = "", max_body: int = 1 << 20) -> Response:
        """Asks, once; `kind` is the body's media type. Raises ValueError when a value cannot stand where it is used."""
        method, _, url = self.line(scene.scope).partition(" ")
        headers: dict[str, str | Secret] = {"Content-Type": kind} if kind else {}
        headers |= {name: self._value(value, scene) for name, value in self.headers.items()}
        request = Request(method, url, headers, body, min(self.timeout, scene.timeout), max_body)
        return (scene.place if self.from_ == "host" else scene.controller).http(request)

    def read(self, scene: Scene) -> Reading:
        """The body of a 200."""
        try:
            response = self.ask(scene)
        except ValueError as problem:
            return Reading(None, str(problem))
        if response.status != 200:
            said = f"status {response.status}" if response.status else response.message
            return Reading(None, printable(said), response.seconds, response.reached)
        return Reading(response.body.decode("utf-8", "backslashreplace"), "", response.seconds)

    @staticmethod
    def _value(value: Any, scene: Scene) -> str | Secret:
        if isinstance(value, SecretHeader):
            return scene.secrets[value.secret].led_by(value.prefix)
        text: str = value.render(scene.scope, in_header)
        return text


def parse_json(body: bytes) -> Plain:
    """The JSON of an outside body, already bounded. Raises ValueError, also for nesting made to exhaust us."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON")

    try:
        parsed: Plain = json.loads(body, parse_constant=refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    return parsed


def _header(response: Response, name: str) -> str | None:
    return next((value for key, value in response.headers.items() if key.lower() == name.lower()), None)
