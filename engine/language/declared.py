"""Values that a runbook declares: params given at the start, inputs asked of people, outputs read from a host."""

from __future__ import annotations

import math
import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from engine.primitives.faults import quoted
from engine.primitives.types import Pattern
from engine.primitives.values import Value
from engine.words.word import Model

LONGEST_VALUE = 256 * 1024
LONGEST_OUTPUT = 4096
_YES, _NO = ("true", "yes"), ("false", "no")

Scalar = str | int | float | bool
Type = Literal["string", "text", "integer", "number", "bool", "choice"]


class Declared(Model):
    """What a value may be."""

    type: Type
    pattern: Pattern | None = None
    """What a text must look like, from its first to its last character."""
    min: float | None = None
    """The smallest number allowed."""
    max: float | None = None
    """The largest number allowed."""
    choices: Annotated[list[str], Field(min_length=1, max_length=200)] | None = None
    """The texts a choice is made from."""

    @model_validator(mode="after")
    def _fits_together(self) -> Declared:
        if (self.type == "choice") != (self.choices is not None):
            raise ValueError("choices belong to type: choice, and it needs them")
        if self.type not in ("integer", "number") and (self.min is not None or self.max is not None):
            raise ValueError(f"min and max belong to integers and numbers, not to type: {self.type}")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is larger than max: no number fits")
        return self

    def parse(self, text: str) -> Value:
        """The value of a text that came from outside. Raises ValueError in words for the person who typed it."""
        match self.type:
            case "integer":
                if not re.fullmatch(r"[-+]?[0-9]{1,15}", text):
                    raise ValueError(f"a whole number is expected, not {quoted(text)}")
                return self._in_range(int(text))
            case "number":
                if not re.fullmatch(r"[-+]?[0-9]{1,15}(\.[0-9]{1,15})?", text):
                    raise ValueError(f"a number is expected, not {quoted(text)}")
                return self._in_range(float(text))
            case "bool":
                if text.lower() not in (*_YES, *_NO):
                    raise ValueError(f"true or false is expected, not {quoted(text)}")
                return text.lower() in _YES
            case "choice":
                if text not in (self.choices or ()):
                    raise ValueError(f"one of {', '.join(self.choices or ())} is expected, not {quoted(text)}")
                return text
            case _:
                return self._text(text)

    def accept(self, value: Value) -> Value:
        """The value of one that is already typed (a default, a host's var), or of a text. Raises ValueError."""
        if isinstance(value, str):
            return self.parse(value)
        if isinstance(value, bool) and self.type == "bool":
            return value
        if not isinstance(value, bool) and self.type in ("integer", "number"):
            if self.type == "integer" and not float(value).is_integer():
                raise ValueError(f"a whole number is expected, not {value}")
            return self._in_range(int(value) if self.type == "integer" else value)
        raise ValueError(f"{_NOUNS[self.type]} is expected, not {str(value).lower()}" + self._quote_hint(value))

    def _quote_hint(self, value: Value) -> str:
        return (
            f'; write "{str(value).lower()}" if you mean the text' if self.type in ("string", "text", "choice") else ""
        )

    def _in_range(self, number: int | float) -> int | float:
        if not math.isfinite(number):
            raise ValueError("a finite number is expected")
        if self.min is not None and number < self.min:
            raise ValueError(f"{number} is too small; the smallest is {_shown(self.min)}")
        if self.max is not None and number > self.max:
            raise ValueError(f"{number} is too large; the largest is {_shown(self.max)}")
        return number

    def _text(self, text: str) -> str:
        if "\x00" in text:
            raise ValueError("a NUL character cannot be part of a value")
        try:
            size = len(text.encode("utf-8"))
        except UnicodeEncodeError:
            raise ValueError("the value is not UTF-8") from None
        if size > LONGEST_VALUE:
            raise ValueError(f"the value has {size} bytes; {LONGEST_VALUE} are allowed")
        if self.pattern is not None and not self.pattern.matches(text):
            raise ValueError(f"{quoted(text)} does not fit the pattern {self.pattern.text}")
        return text


def _shown(number: float) -> int | float:
    return int(number) if number.is_integer() else number


_NOUNS = {
    "string": "text",
    "text": "text",
    "choice": "text",
    "integer": "a whole number",
    "number": "a number",
    "bool": "true or false",
}


class Param(Declared):
    """A value given when the run starts: `--name value`, a host's var, or the default. Without a default it is needed.

    unit: {type: string, default: linguamate-backend, pattern: "[a-z0-9@.-]+", help: The service's unit}
    """

    type: Literal["string", "integer", "number", "bool", "choice"] = "string"
    """string, integer, number, bool or choice."""
    default: Scalar | None = None
    """Taken when nobody gives a value; without it the param must be given."""
    help: str = Field(default="", max_length=500)
    """One line for `--help`."""

    @property
    def required(self) -> bool:
        """Whether it must be given."""
        return self.default is None


class Input(Declared):
    """A value that a person gives in a guide step, passed on like a param.

    finding: {type: text, label: What does the log say?}
    """

    type: Literal["text", "bool", "integer", "number", "choice"] = "text"
    """text, bool, integer, number or choice."""
    label: str = Field(default="", max_length=500)
    """The question as a person reads it; the name serves when it is missing."""
    required: bool = True
    """Whether an answer must be given."""


class Output(Declared):
    """A value read from a step's stdout, passed on like a param.

    lsn: {type: string, pattern: "LSN ([0-9A-F/]+)"}
    """

    short: ClassVar[str] = "pattern"

    type: Literal["string", "integer", "number", "bool", "choice"] = "string"
    """string, integer, number, bool or choice."""
    pattern: Pattern | None = None
    """Where it stands: the first ( ) group, or all that fits. Without it the whole output, trimmed, is the value."""
    default: Scalar | None = None
    """Taken when it is not found; without it the step fails then."""
    secret: bool = False
    """A secret made by this step: never recorded, masked from here on, and given to later steps as `$NAME_file`.

    Only length and digest of the step's output are kept. It does not outlive the process that drives the run.
    """

    @model_validator(mode="after")
    def _secret_is_text(self) -> Output:
        if self.secret and (self.type != "string" or self.default is not None):
            raise ValueError("a secret output is a string, and has no default")
        return self

    def take(self, name: str, text: str) -> Value:
        """The value in a stdout. Raises ValueError with what was expected and what was there."""
        found: str | None = text.strip()
        if self.pattern is not None:
            match = self.pattern.search(text)
            found = None if match is None else match.text
        if found is None:
            if self.default is not None:
                return self.default
            raise ValueError(f"output {name} is not there: nothing fits {self.pattern and self.pattern.text}")
        if len(found) > LONGEST_OUTPUT:
            raise ValueError(f"output {name} has {len(found)} characters; {LONGEST_OUTPUT} are allowed")
        try:
            return self.parse(found)
        except ValueError as error:
            raise ValueError(f"output {name}: {error}") from None

    def _text(self, text: str) -> str:
        return text.replace("\x00", "\ufffd")
