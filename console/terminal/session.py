"""One command's ways into the rooms below: ledger, hosts, runbooks, and who is typing; each opened when first asked."""

from __future__ import annotations

import os
import pwd
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from console.settings import Settings, settings
from console.terminal.problem import Problem
from incidents.event import Actor

if TYPE_CHECKING:
    from engine.inventory.inventory import Inventory
    from engine.language.library import Library
    from incidents.ledger.protocol import Ledger


class Session:
    """Used with `with`. `via` names the door (terminal, demo)."""

    def __init__(self, where: Settings | None = None, *, via: str = "terminal") -> None:
        self.settings = where or settings()
        self.actor = Actor(_user(), via)

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "ledger" in self.__dict__:
            self.ledger.close()

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of the home folder. Raises LedgerError."""
        from incidents.ledger import open_ledger

        return open_ledger(self.settings.home)

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

    def run(self, typed: str) -> str:
        """The id of the run that was typed in part, or of the newest one. Raises Problem."""
        return self._stream(typed, "RUN", "run", "run.list")

    def incident(self, typed: str) -> str:
        """The id of the record that was typed in part, or of the newest one. Raises Problem."""
        return self._stream(typed, "INC", "record", "incident.list")

    def _stream(self, typed: str, prefix: str, noun: str, listing: str) -> str:
        if not typed:
            heads = self.ledger.heads("run" if prefix == "RUN" else "incident", 1)
            if not heads:
                raise Problem(f"There is no {noun} yet.", where=str(self.settings.home), then="./inv --list")
            return heads[0].stream
        found = [stream for stream in self.ledger.find(typed) if stream.startswith(f"{prefix}-")]
        if len(found) == 1 or typed.upper() in found:
            return found[0] if len(found) == 1 else typed.upper()
        if not found:
            raise Problem(
                f"There is no {noun} {typed!r}.", where=str(self.settings.home), then=f"see which: ./inv {listing}"
            )
        raise Problem(f"{typed!r} could be {', '.join(found)}.", then="type more of it")


def _user() -> str:
    """The account this process has; nobody vouches for more than that."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"
