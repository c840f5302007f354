"""One command's ways into the rooms below: ledger, hosts, runbooks, and who is typing; each opened when first asked."""

from __future__ import annotations

import os
import pwd
import shlex
from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from console.settings import Settings, settings
from console.terminal.problem import Problem

if TYPE_CHECKING:
    from engine.inventory.inventory import Inventory
    from engine.language.library import Library
    from incidents.event import Actor
    from incidents.ledger.protocol import Ledger, StreamKind
    from incidents.signing import KeyRing


class Session:
    """Used with `with`. `via` names the door (terminal, demo).

    `abandon` is called when the process is left at once, with no time to unwind.
    """

    def __init__(
        self, where: Settings | None = None, *, via: str = "terminal", abandon: Callable[[], object] = lambda: None
    ) -> None:
        self.settings = where or settings()
        self.abandon = abandon
        self._via = via

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "ledger" in self.__dict__:
            self.ledger.close()

    @cached_property
    def actor(self) -> Actor:
        """Who is typing: the account of this process; nobody vouches for more."""
        from incidents.event import Actor

        return Actor(_user(), self._via)

    @property
    def inv(self) -> str:
        """What to type before a task so that it finds this session's record."""
        if self.settings.home == settings().home:
            return "./inv"
        return f"WATCHBOOK_HOME={shlex.quote(str(self.settings.home))} ./inv"

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of the home folder. Raises LedgerError."""
        from incidents.ledger import open_ledger

        return open_ledger(self.settings.home)

    @cached_property
    def keys(self) -> KeyRing:
        """The keys that sign heads, in the home folder."""
        from incidents.signing import KeyRing

        return KeyRing(self.settings.home / "keys")

    @cached_property
    def inventory(self) -> Inventory:
        """The hosts. Raises InventoryError or BookFaults."""
        from engine.inventory.load import load

        return load(self.settings.hosts)

    @cached_property
    def library(self) -> Library:
        """The runbooks."""
        from engine.language.library import Library

        return Library(self.settings.runbooks)

    def named(self, typed: str, kind: StreamKind) -> str:
        """The id of what was typed in part, or the newest of its kind. Raises Problem or InvalidRequest."""
        from incidents.desk import named

        if typed:
            return named(self.ledger, typed, kind)
        heads = self.ledger.heads(kind, 1)
        if not heads:
            raise Problem(
                f"There is no {kind} yet.", where=str(self.settings.home), then="see what there is: ./inv --list"
            )
        return heads[0].stream


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
