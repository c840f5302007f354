"""Ctrl-C, TERM and a lost terminal while a run is driven; it knows no step."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from types import FrameType, TracebackType

from console.terminal.exits import Exits

_FIRST = b"\nStopping: what runs is being ended on its host. Once more leaves at once.\n"


class Signals:
    """Used with `with`, in the main thread.

    The first Ctrl-C or TERM calls `stop` with a reason; the second leaves the process at once, after `farewell` has
    said what stays unknown. A hang-up calls `gone`, and the run goes on. At a prompt each of them leaves the prompt.
    """

    def __init__(self, stop: Callable[[str], None], farewell: Callable[[], str], gone: Callable[[], None]) -> None:
        self._stop, self._farewell, self._gone = stop, farewell, gone
        self.stopped = False
        """A signal asked for the stop."""
        self.prompting = False

    def __enter__(self) -> Signals:
        handlers = {signal.SIGINT: self._end, signal.SIGTERM: self._end, signal.SIGHUP: self._hang_up}
        self._before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _end(self, number: int, _: FrameType | None) -> None:
        if self.prompting:
            raise KeyboardInterrupt
        if self.stopped:
            _write(self._farewell().encode())
            os._exit(Exits.INTERRUPTED)  # threads may hang on a host; nothing may hold us now
        self.stopped = True
        _write(_FIRST)
        self._stop("Ctrl-C" if number == signal.SIGINT else "told to end (TERM)")

    def _hang_up(self, _: int, __: FrameType | None) -> None:
        self._gone()
        if self.prompting:
            raise KeyboardInterrupt


def _write(text: bytes) -> None:
    """Straight to stderr: a handler may have interrupted a write, and buffers are not for two."""
    try:
        os.write(2, text)
    except OSError:
        return
