"""Builds the log line: fixed key order, context of the request, redaction; must not know where it is written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from structlog.typing import EventDict, WrappedLogger

from app.logs.levels import ORDER
from app.logs.output import Output
from app.logs.redaction import Redactor

_FROM_OUTSIDE = ("msg", "code", "req", "corr", "err", "data", "client")
_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode


Observer = Callable[[str, str], None]
"""Hears the level and the event of each line that is written."""


@dataclass(slots=True)
class Threshold:
    """The lowest level that is written; changed at run time."""

    level: str = "INFO"

    def lets(self, level: str) -> bool:
        return ORDER[level] >= ORDER[self.level]


threshold = Threshold()

correlation: ContextVar[dict[str, str] | None] = ContextVar("correlation", default=None)
"""The ids of the request that the current thread serves; None outside of one."""


class Log(structlog.BoundLoggerBase):
    """One method per level; each takes the event's name, a sentence, and the line's further keys."""

    def write(self, level: str, evt: str, msg: str, **fields: object) -> None:
        """Write a line of `level` unless the threshold hides it."""
        if threshold.lets(level):
            self._proxy_to_logger("msg", msg, level=level, evt=evt, **fields)

    def debug(self, evt: str, msg: str, **fields: object) -> None:
        self.write("DEBUG", evt, msg, **fields)

    def info(self, evt: str, msg: str, **fields: object) -> None:
        self.write("INFO", evt, msg, **fields)

    def notice(self, evt: str, msg: str, **fields: object) -> None:
        self.write("NOTICE", evt, msg, **fields)

    def warn(self, evt: str, msg: str, **fields: object) -> None:
        self.write("WARN", evt, msg, **fields)

    def error(self, evt: str, msg: str, **fields: object) -> None:
        self.write("ERROR", evt, msg, **fields)


@dataclass(frozen=True, slots=True)
class Renderer:
    """The last processor: an event dict becomes (level, JSON line)."""

    env: str
    instance: str
    redactor: Redactor

    def __call__(
        self, _logger: WrappedLogger | None, _method: str, event: EventDict
    ) -> tuple[tuple[str, str], dict[str, object]]:
        return (event["level"], self.render(event)), {}

    def render(self, event: MutableMapping[str, object]) -> str:
        """The JSON text of one event, without a newline; ASCII, so that no terminal obeys it."""
        event["msg"] = event.pop("event", "")
        redacted = {key: self.redactor.clean(event[key]) for key in _FROM_OUTSIDE if event.get(key) is not None}
        line = {
            "level": event["level"],
            "time": timestamp(),
            "env": self.env,
            "instance": self.instance,
            "pid": os.getpid(),
            "evt": event["evt"],
            "cat": event.get("cat", "server"),
        } | redacted
        return _encode(line)


def timestamp() -> str:
    """Now, in UTC, ISO 8601 with milliseconds and Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _add_correlation(_logger: WrappedLogger | None, _method: str, event: EventDict) -> EventDict:
    if (corr := correlation.get()) is not None:
        event.setdefault("corr", corr)
    return event


def ignore(_level: str, _event: str) -> None:
    """The observer of a process that counts nothing."""


def configure(output: Output, renderer: Renderer, level: str, observe: Observer) -> None:
    """Send every later line of this process to `output`."""

    def tell(_logger: WrappedLogger | None, _method: str, event: EventDict) -> EventDict:
        observe(event["level"], event["evt"])
        return event

    threshold.level = level
    structlog.configure(
        processors=[_add_correlation, tell, renderer],
        wrapper_class=Log,
        logger_factory=lambda *_: output,
        cache_logger_on_first_use=False,
    )


def logger() -> Log:
    """The log of this process."""
    bound: Log = structlog.get_logger()
    return bound
