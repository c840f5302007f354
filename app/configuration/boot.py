"""Settings for a process that is starting: loads them, or says every fault and ends with 78."""

from __future__ import annotations

import sys

from app.configuration.faults import EXIT_CONFIGURATION, ConfigurationFaults
from app.configuration.load import Loaded, load


def load_or_exit() -> Loaded:
    """The settings of this process. Faults go to stderr, one line each, and the process exits 78."""
    try:
        return load()
    except ConfigurationFaults as faults:
        sys.stderr.write(faults.lines())
        sys.stderr.flush()
        raise SystemExit(EXIT_CONFIGURATION) from None
