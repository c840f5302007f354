"""The operator's command: `python -m app.configuration init|check|rotate|example`; never prints a secret."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.configuration import envfile
from app.configuration.faults import EXIT_CONFIGURATION, ConfigurationFaults, Fault
from app.configuration.load import load
from app.configuration.secrets import fingerprint, generate, weakness
from app.configuration.settings import VARIABLES
from app.configuration.sources import gather

REFRESH_LIFETIME = timedelta(days=7)


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 done, 2 wrong usage, 78 a configuration fault."""
    parser = argparse.ArgumentParser(prog="python -m app.configuration", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    init = commands.add_parser("init", help="write a new 0600 env file with generated secrets")
    init.add_argument("path", type=Path)
    init.add_argument("values", nargs="*", metavar="NAME=VALUE", help="further values to write")
    check = commands.add_parser("check", help="report every fault at once")
    check.add_argument("path", type=Path, nargs="?", help="default: APP_ENV_FILE, else .env and .env.production")
    rotate = commands.add_parser("rotate", help="replace secrets in an env file; then reload the service")
    rotate.add_argument("mode", choices=("planned", "compromised"))
    rotate.add_argument("path", type=Path)
    commands.add_parser("example", help="print .env.example")
    args = parser.parse_args(argv)
    try:
        match args.command:
            case "init":
                _init(args.path, args.values)
            case "check":
                _check(args.path)
            case "rotate":
                _rotate(args.mode, args.path)
            case _:
                _say(envfile.example().rstrip())
    except ConfigurationFaults as faults:
        sys.stderr.write(faults.lines())
        return EXIT_CONFIGURATION
    return 0


def _init(path: Path, pairs: list[str]) -> None:
    values: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or name not in VARIABLES:
            fix = "Names are those of app/.env.example"
            raise ConfigurationFaults([Fault(pair.partition("=")[0], "is not a known NAME=VALUE", fix)])
        if "\n" in value:
            raise ConfigurationFaults([Fault(name, "holds a newline", "Give it in one line")])
        values[name] = value
    try:
        envfile.init(path, values)
    except FileExistsError:
        raise ConfigurationFaults([Fault(str(path), "exists already", "Edit it, or name another")]) from None
    except OSError as error:
        raise ConfigurationFaults([Fault(str(path), f"cannot be written ({error.strerror})", "Name another")]) from None
    _say(f"wrote {path} (mode 0600, secrets generated)")


def _check(path: Path | None) -> None:
    loaded = load(path=path)
    for warning in loaded.warnings:
        sys.stderr.write(f"warning: {warning}\n")
    files = ", ".join(map(str, loaded.sources.files)) or "no env file"
    _say(f"configuration is valid ({loaded.settings.app_env}; read {files})")


def _rotate(mode: str, path: Path) -> None:
    """Planned: the old key verifies for 7 more days. Compromised: the old keys are dead after the reload."""
    sources = gather({}, path)
    if sources.faults:
        raise ConfigurationFaults(sources.faults)
    old, new = sources.values.get("JWT_SECRET", ""), generate()
    values: dict[str, str | None] = {"JWT_SECRET": new, "JWT_SECRET_PREVIOUS": None, "JWT_SECRET_PREVIOUS_UNTIL": None}
    if mode == "compromised":
        values |= {"LOG_SIGNING_KEY": generate(), "OPERATIONS_TOKEN": generate()}
    elif weakness(old, development=False) is None:
        until = datetime.now(UTC) + REFRESH_LIFETIME
        values |= {"JWT_SECRET_PREVIOUS": old, "JWT_SECRET_PREVIOUS_UNTIL": until.isoformat(timespec="seconds")}
    envfile.replace(path, values)
    kept = "still verifies for 7 days" if values["JWT_SECRET_PREVIOUS"] else "verifies nothing any more"
    _say(f"rotated JWT_SECRET in {path}: {fingerprint(new)} signs, {fingerprint(old)} {kept}")
    _say("reload the service to use it")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
