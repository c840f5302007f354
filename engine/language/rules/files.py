"""Rules about files and versions: written over, unpacked over, taken from under a writer, dated, unpinned."""

from __future__ import annotations

import re

from engine.language.rules.known import tar_elsewhere, tar_packs, tar_unpacks
from engine.language.rules.rule import command_rule
from engine.language.rules.script import Script
from engine.language.rules.shell import Simple

_DAY = re.compile(r"(?<![0-9])20[0-9]{2}(-?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])(?![0-9])")
_CONFIGURATION = re.compile(r"(?:.*/)?\.env(?:\.\w+)?|.+\.(?:conf|cfg|ini|ya?ml|toml)|/etc/.+")
_BY_DAY = re.compile(r"\$\(date \+['\"]?%(?:Y-?%m-?%d|F)['\"]?\)")
_REOPENS = re.compile(r"USR1|\bHUP\b|\breload\b|\breopen\b|copytruncate|logrotate")
_PACKAGERS = ("bun", "npm", "yarn", "pnpm", "pip", "pip3")
_PINNED = ("--frozen-lockfile", "--immutable", "--require-hashes", "--no-save")


@command_rule(
    "hard-coded-date",
    explains="A day that stands in a command was right once; next time it means an old file, or none.",
    fix="make it a param, or take the newest: ls -t FILES | head -n 1",
    example="tar -tzf config-backup-20241006.tar.gz",
)
def hard_coded_date(simple: Simple, _: Script) -> str:
    """Days in commands."""
    day = next((match[0] for word in simple.words if (match := _DAY.search(word.text))), "")
    return f"{day} is one day" if day else ""


@command_rule(
    "named-by-day",
    explains="A file named by the day alone is written over by the second run of that day, the one after the change.",
    fix="name it by the second and the host: $(date +%Y%m%dT%H%M%S)-$host",
    example="tar -czf backup-$(date +%Y%m%d).tar.gz backend/",
)
def named_by_day(simple: Simple, _: Script) -> str:
    """Files whose name is the same all day."""
    made = tar_packs(simple) or simple.writes or simple.name in ("cp", "mv", "zip", "pg_dump", "mysqldump")
    day = next((match[0] for word in simple.words if (match := _BY_DAY.search(word.text))), "")
    return f"{day} is the same all day" if made and day else ""


@command_rule(
    "packs-a-live-log",
    explains="A log that grows while tar reads it makes tar exit 1, and its end is cut at any place.",
    fix="rotate first and pack what was rotated, or copy it and pack the copy",
    example="tar -czf logs.tar.gz logs/",
)
def packs_a_live_log(simple: Simple, script: Script) -> str:
    """Archives of logs that are being written."""
    if not tar_packs(simple) or _REOPENS.search(script.text):
        return ""
    live = next((word for word in simple.arguments if re.fullmatch(r"(?:.*/)?logs?/?|.+\.log", word)), "")
    return f"{live} may grow while it is packed" if live else ""


@command_rule(
    "overwrites-configuration",
    explains="What stood in the file is gone, with the values somebody set on this host.",
    fix="keep the old one first (cp -p FILE FILE.before), use cp -n, or upload: which is whole or not at all",
    example="cp .env.example .env",
)
def overwrites_configuration(simple: Simple, _: Script) -> str:
    """cp and tee over a configuration file."""
    if simple.name == "cp" and not simple.has("-n", "-i", "-b", "--no-clobber", "--backup", "--update"):
        target = simple.arguments[-1:]
    elif simple.name == "tee" and not simple.has("-a", "--append"):
        target = simple.arguments
    else:
        target = []
    over = next((word for word in target if _CONFIGURATION.fullmatch(word)), "")
    return f"{over} is written over" if over else ""


@command_rule(
    "unpacks-over-the-present",
    explains="Unpacked over what is there, a backup destroys what came later, and leaves a mixture when it fails.",
    fix="unpack beside it (tar -x -C NEW_FOLDER), check it, keep the present, then swap",
    example="tar -xzf logs-backup.tar.gz",
)
def unpacks_over_the_present(simple: Simple, _: Script) -> str:
    """Archives unpacked where the running system is."""
    zipped = simple.name == "unzip" and not simple.has("-d", "-l", "-t")
    return "this unpacks over what is there" if zipped or (tar_unpacks(simple) and not tar_elsewhere(simple)) else ""


@command_rule(
    "moves-an-open-log",
    explains="A process that has a file open writes on in the moved one; the new file stays empty.",
    fix="tell the writer to reopen (kill -USR1, systemctl reload) in the same step, or leave it to logrotate",
    example="mv backend.log backend.log.old",
)
def moves_an_open_log(simple: Simple, script: Script) -> str:
    """A log moved away with nobody told."""
    moved = simple.name == "mv" and any(re.search(r"\.log$", word) for word in simple.arguments[:-1])
    return "its writer keeps the file it has open" if moved and not _REOPENS.search(script.text) else ""


@command_rule(
    "unpinned-install",
    explains="Without a lock each host gets what is newest at that minute: untested, and not the same everywhere.",
    fix="install from a lock with hashes into a new release folder, test it, then switch",
    example="pip install flask",
)
def unpinned_install(simple: Simple, _: Script) -> str:
    """Packages at no particular version."""
    verb = simple.arguments[:1]
    if simple.name not in _PACKAGERS or verb not in (["install"], ["update"], ["upgrade"], ["add"]):
        return ""
    pinned = simple.has(*_PINNED) or (simple.name.startswith("pip") and simple.has("-r", "--requirement"))
    return "" if pinned else f"{simple.name} {verb[0]} takes what is newest"
