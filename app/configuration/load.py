"""From sources to settings, or to every fault at once; must not print or exit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.configuration import rules
from app.configuration.faults import ConfigurationFaults, Fault
from app.configuration.settings import VARIABLES, Settings
from app.configuration.sources import Sources, gather


@dataclass(frozen=True, slots=True)
class Loaded:
    """Valid settings, the sources they came from, and what should be seen though it is allowed."""

    settings: Settings
    sources: Sources
    warnings: tuple[str, ...]


def load(environ: Mapping[str, str] | None = None, path: Path | None = None) -> Loaded:
    """The effective settings. Raises ConfigurationFaults with all faults of one pass."""
    sources = gather(environ, path)
    faults = list(sources.faults)
    raw = {VARIABLES[name]: value for name, value in sources.values.items()}
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        faults += [_fault(detail) for detail in details]
        # What is ill-formed is set aside, so that the rules over the rest speak in the same pass.
        settings = Settings.model_validate({n: v for n, v in raw.items() if n not in {d["loc"][0] for d in details}})
    spoken = {fault.where for fault in faults}
    faults += [fault for fault in rules.broken(settings) if fault.where not in spoken]
    if faults:
        raise ConfigurationFaults(faults)
    return Loaded(settings, sources, (*sources.warnings, *rules.warnings(settings)))


def faults_now() -> int:
    """How many faults a process that starts now would find."""
    try:
        load()
    except ConfigurationFaults as found:
        return len(found.faults)
    return 0


def _fault(detail: ErrorDetails) -> Fault:
    name = str(detail["loc"][0])
    said = detail["msg"].removeprefix("Value error, ")
    return Fault(name.upper(), said[0].lower() + said[1:], f"Meaning: {Settings.model_fields[name].description}")
