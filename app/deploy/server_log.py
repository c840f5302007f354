"""Sends gunicorn's own lines to the service's log, as JSON; must not know requests."""

from __future__ import annotations

import logging

from gunicorn.config import Config
from gunicorn.glogging import Logger

from app.logs.lines import logger

_LEVELS = {"DEBUG": "DEBUG", "INFO": "INFO", "WARNING": "WARN", "ERROR": "ERROR", "CRITICAL": "FATAL"}


class _Forward(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        err = {"type": record.exc_info[0].__name__} if record.exc_info and record.exc_info[0] else None
        text = record.getMessage()
        if err and record.exc_info:
            err["message"] = str(record.exc_info[1])
        logger().write(_LEVELS.get(record.levelname, "INFO"), "server", text, cat="server", err=err)


class ServerLog(Logger):
    """gunicorn's logger class: one handler that forwards, no access log (the application writes its own)."""

    def setup(self, cfg: Config) -> None:
        """Called at start and on each reload."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            log.handlers[:] = [_Forward()]

    def reopen_files(self) -> None:
        """USR1, in the master and in each worker."""
        reopen_output()


def reopen_output() -> None:
    """Open the log files of this process anew."""
    from app.logs.start import current

    if current is not None:
        current.reopen()
