"""An HTTP request as YAML says it, and what its answer must look like; probes and the `http` word share it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, PlainValidator, Tag, WithJsonSchema, model_validator

from engine.primitives.template import Template as Parsed
from engine.primitives.template import parse_template
from engine.primitives.types import Duration, Name, Template
from engine.words.fields import Codes, Pattern
from engine.words.word import Model, exactly_one

Tree = None | bool | int | float | Parsed | list["Tree"] | dict[str, "Tree"]


def _tree(value: Any) -> Tree:
    if isinstance(value, str):
        return parse_template(value)
    if isinstance(value, list):
        return [_tree(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _tree(item) for key, item in value.items()}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    raise ValueError("JSON holds text, numbers, true, false, null, lists and mappings")


JsonTree = Annotated[Any, PlainValidator(_tree), WithJsonSchema({})]
"""A Tree: JSON whose texts are templates. A text that is one `{{ name }}` alone keeps the value's type."""
JsonObject = Annotated[dict[str, JsonTree], Field(min_length=1)]


class SecretHeader(Model):
    """A header whose value is a secret of the runbook: `{secret: probe_token, prefix: "Bearer "}`."""

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
    """A pattern in the body's text."""
    headers: dict[str, Pattern] = Field(default_factory=dict)
    """Patterns by header name."""


class Ask(Model):
    """The part every request has, whatever its method."""

    methods: ClassVar[tuple[str, ...]] = ("get", "head")

    get: Template | None = None
    """The URL, asked with GET."""
    head: Template | None = None
    """The URL, asked with HEAD."""
    from_: Literal["host", "controller"] = Field(default="host", alias="from")
    """Who asks: the step's host, or the machine that runs the runbook."""
    headers: dict[str, HeaderValue] = Field(default_factory=dict)
    """Header values; a secret one is {secret: NAME, prefix: "Bearer "}."""
    expect: Expect = Expect()
    """What the answer must look like; without it a 200 is enough."""
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

    @property
    def url(self) -> Parsed:
        """The URL's template."""
        url: Parsed = getattr(self, self.method.lower())
        return url
