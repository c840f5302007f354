"""Says what configuration is in force without saying a secret; must not change anything."""

from __future__ import annotations

import hashlib
import json
import re

from pydantic import SecretStr

from app.configuration.load import Loaded
from app.configuration.secrets import fingerprint
from app.configuration.settings import VARIABLES


def describe(loaded: Loaded) -> dict[str, object]:
    """Every variable with its source and its value; of a secret the length and fingerprint only.

    `digest` is one fingerprint over all variables that must agree between the hosts of a service.
    """
    variables = {name: _variable(loaded, name) for name in VARIABLES}
    own = ("HOST", "PORT", "INSTANCE", "PIDFILE", "DATA_DIR", "LOG_DIR", "OPERATIONS_SOCKET")
    shared = {name: dict(entry, source=None) for name, entry in variables.items() if name not in own}
    digest = hashlib.sha256(json.dumps(shared, sort_keys=True).encode()).hexdigest()[:12]
    return {"digest": digest, "files": [str(path) for path in loaded.sources.files], "variables": variables}


def _variable(loaded: Loaded, name: str) -> dict[str, object]:
    value = getattr(loaded.settings, VARIABLES[name])
    source = loaded.sources.origins.get(name, "default")
    if isinstance(value, SecretStr):
        secret = value.get_secret_value()
        described = {"length": len(secret), "fingerprint": fingerprint(secret)} if secret else {"length": 0}
        return {"source": source, "secret": described}
    plain = list(value) if isinstance(value, tuple) else value if isinstance(value, int | float) else str(value or "")
    return {"source": source, "value": masked(plain) if isinstance(plain, str) else plain}


def masked(text: str) -> str:
    """A URL without its user and password."""
    return re.sub(r"//[^@/]*@", "//***@", text)
