"""What well-known commands do: only look, start, stop, restart, destroy, kill; a command not known here changes."""

from __future__ import annotations

import re

from engine.language.rules.shell import Simple

_READERS = frozenset(
    {
        "[", "awk", "basename", "cat", "cd", "column", "curl", "cut", "date", "df", "diff", "dig", "dirname",
        "dmesg", "do", "done", "du", "echo", "egrep", "else", "false", "fgrep", "fi", "file", "find", "for",
        "free", "getent", "grep", "head", "host", "hostname", "id", "if", "iostat", "journalctl", "jq", "last",
        "ls", "lsblk", "lsof", "md5sum", "mpstat", "netstat", "nproc", "nslookup", "openssl", "pgrep", "pidof",
        "ping", "ping6", "printenv", "printf", "ps", "pwd", "read", "readlink", "sar", "sed", "sha256sum",
        "sleep", "sort", "ss", "stat", "tail", "tar", "test", "then", "time", "timeout", "top", "tr",
        "traceroute", "true", "type", "uname", "uniq", "until", "uptime", "vmstat", "w", "wc", "which", "while",
        "who", "zcat", "zgrep", "{", "}",
    }
)  # fmt: skip
_LOOKS = {
    "systemctl": ("status", "show", "is-active", "is-enabled", "is-failed", "list-units", "cat"),
    "service": ("status",),
    "supervisorctl": ("status", "tail", "pid"),
    "docker": ("ps", "logs", "inspect", "stats", "images", "top"),
    "kubectl": ("get", "describe", "logs", "top"),
    "git": ("status", "log", "diff", "show", "rev-parse"),
    "pm2": ("list", "ls", "status", "logs", "describe", "show"),
    "bun": ("outdated", "audit"),
    "npm": ("outdated", "audit", "ls", "list"),
    "pip": ("list", "show", "freeze", "check"),
    "nginx": ("-t", "-T", "-v", "-V"),
    "redis-cli": ("ping", "info", "get", "ttl"),
}
_PACKAGERS = ("bun", "npm", "yarn", "pnpm", "deno")
_SERVES = re.compile(r"(?:.*:)?(?:start|dev|serve|watch|preview)")
_SERVERS = {"flask": "run", "rails": "server", "hugo": "server", "jekyll": "serve", "uvicorn": "", "hypercorn": ""}
_SUPERVISORS = ("systemctl", "service", "supervisorctl", "pm2", "docker", "rc-service", "launchctl")
_CLIENTS = ("redis-cli", "psql", "mysql", "sqlite3", "mongosh")
_WIPES = re.compile(r"\b(?:FLUSHDB|FLUSHALL|DROP\s+(?:TABLE|DATABASE|SCHEMA)|TRUNCATE|DELETE\s+FROM)\b", re.IGNORECASE)


def only_looks(simple: Simple) -> bool:
    """Whether it is known to change nothing."""
    name = simple.name
    if simple.writes or destroys(simple):
        return False
    if name in _LOOKS:
        return bool(set(simple.argv[1:3]) & set(_LOOKS[name]))
    if name == "curl":
        return not simple.has("-X", "--request", "-d", "--data", "-F", "-T", "-o", "-O", "--output")
    if name == "tar":
        return _tar_does(simple, "t", "--list")
    if name == "sed":
        return not simple.has("-i", "--in-place")
    if name == "find":
        return not {"-delete", "-exec", "-execdir"} & set(simple.argv)
    if name == "dmesg":
        return not simple.has("-c", "-C", "--clear")
    return name in _READERS or not name


def serves(simple: Simple) -> bool:
    """Whether it is a server that stays in the foreground."""
    name, argv = simple.name, simple.argv
    if name in _PACKAGERS:
        words = [word for word in simple.arguments if word != "run"]
        return bool(words) and _SERVES.fullmatch(words[0]) is not None
    if name == "gunicorn":
        return not simple.has("-D", "--daemon")
    if name == "docker":
        return argv[1:3] == ["compose", "up"] and not simple.has("-d", "--detach")
    if name.startswith("python"):
        return "http.server" in argv
    return name in _SERVERS and _SERVERS[name] in (*argv[1:], "")


def starts(simple: Simple) -> bool:
    """Whether it starts a service, in the foreground or not, and stops none."""
    return serves(simple) or _supervised(simple, "start")


def stops(simple: Simple) -> bool:
    """Whether it stops a service."""
    return _supervised(simple, "stop", "delete", "kill", "down") or signal_of(simple) in ("TERM", "KILL")


def restarts(simple: Simple) -> bool:
    """Whether it restarts a service or the host."""
    if simple.name == "reboot" or (simple.name in ("shutdown", "systemctl") and {"-r", "reboot"} & set(simple.argv)):
        return True
    return _supervised(simple, "restart", "try-restart", "reload-or-restart")


def destroys(simple: Simple) -> bool:
    """Whether what it takes away cannot be had back."""
    name = simple.name
    if name in ("rm", "rmdir", "dd", "shred", "truncate", "wipefs", "mkswap") or name.startswith("mkfs"):
        return True
    if name in _CLIENTS:
        return any(_WIPES.search(word) for word in simple.argv)
    if name == "tar":
        return _tar_does(simple, "x", "--extract") and not tar_elsewhere(simple)
    if name == "git":
        return {"reset", "--hard"} <= set(simple.argv) or simple.argv[1:2] == ["clean"]
    return signal_of(simple) == "KILL" or _supervised(simple, "delete", "rm", "prune")


def signal_of(simple: Simple) -> str:
    """The signal it sends, as TERM or KILL; empty when it sends none."""
    name, argv = simple.name, simple.argv
    if name == "fuser":
        return "KILL" if simple.has("-k", "--kill") and not {"-TERM", "-15"} & set(argv) else ""
    if name not in ("kill", "pkill", "killall") or simple.has("-l", "--list"):
        return ""
    text = " ".join(argv[1:])
    named = re.search(r"(?:^|\s)-(?:s\s+|-signal[= ])?(?:SIG)?(9|15|[A-Z]+[0-9]?|1|2|3|0)\b", text)
    given = named[1] if named else "TERM"
    return {"9": "KILL", "15": "TERM", "1": "HUP", "2": "INT", "3": "QUIT"}.get(given, given)


def tar_packs(simple: Simple) -> bool:
    """Whether a tar writes an archive."""
    return simple.name == "tar" and _tar_does(simple, "c", "--create")


def tar_unpacks(simple: Simple) -> bool:
    """Whether a tar unpacks an archive."""
    return simple.name == "tar" and _tar_does(simple, "x", "--extract")


def tar_elsewhere(simple: Simple) -> bool:
    """Whether a tar unpacks into a folder that it names."""
    return simple.has("-C", "--directory", "--one-top-level") or "O" in _tar_letters(simple)


def _tar_does(simple: Simple, letter: str, long: str) -> bool:
    return long in simple.argv or letter in _tar_letters(simple)


def _tar_letters(simple: Simple) -> str:
    first = simple.argv[1] if len(simple.argv) > 1 else ""
    return "" if first.startswith("--") else first.lstrip("-")


def _supervised(simple: Simple, *verbs: str) -> bool:
    return simple.name in _SUPERVISORS and any(word in verbs for word in simple.argv[1:4])
