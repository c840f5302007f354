"""One thing wrong with the configuration, said so that it can be mended; must not know how it was found."""

from __future__ import annotations

from dataclasses import dataclass

EXIT_CONFIGURATION = 78  # EX_CONFIG of sysexits.h: supervisors must not restart on it


@dataclass(frozen=True, slots=True)
class Fault:
    """A variable (or file), what is wrong with it, and what to do. Never holds the value itself."""

    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.fix}"


class ConfigurationFaults(Exception):
    """Every fault found in one pass over the configuration."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} configuration fault(s)")
        self.faults = faults

    def lines(self) -> str:
        """One line per fault, then the command that checks again."""
        listed = "\n".join(f"configuration fault: {fault}" for fault in self.faults)
        return f"{listed}\nCheck again with: python -m app.configuration check\n"
