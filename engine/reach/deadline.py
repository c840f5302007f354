"""A deadline for what cannot be bounded from inside; knows nothing of what it waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable


def within(seconds: float, call: Callable[[], None], give_up: Callable[[], None]) -> None:
    """Runs `call` in a thread, since neither name look-up nor an agent can be bounded; raises what it raises.

    At the deadline `give_up` is called, so that the thread ends soon, and TimeoutError is raised.
    """
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as wrong:  # noqa: BLE001  it is raised where it belongs
            raised.append(wrong)

    thread = threading.Thread(target=run, name="connect", daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        give_up()
        raise TimeoutError
    if raised:
        raise raised[0]
