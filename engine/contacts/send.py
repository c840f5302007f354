"""The process that hands the message on stdin to the target in a file, and says in one line what became of it.

The only module that imports apprise, whose many services take their time to load and their liberty to hang.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """0 when the target took the message. The line on stdout names the kind of service, never the target."""
    import apprise

    message = sys.stdin.read()
    service = apprise.Apprise.instantiate(Path(sys.argv[1]).read_text(encoding="utf-8").strip())
    if service is None:
        sys.stdout.write("it holds no apprise URL\n")
        return 1
    kind = str(service.service_name)
    taken = service.notify(body=message, title=message.strip().partition("\n")[0][:120])
    sys.stdout.write(f"{kind} took it\n" if taken else f"{kind} did not take it\n")
    return 0 if taken else 1


if __name__ == "__main__":
    sys.exit(main())
